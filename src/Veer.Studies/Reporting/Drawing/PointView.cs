using ScottPlot;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>The part of the plane that a panel shows: all of the real points and all but the farthest samples.</summary>
internal readonly record struct PointView(double Left, double Right, double Bottom, double Top)
{
    private const double FarthestShare = 0.005, Margin = 0.04;
    private const double CloseUpShare = 0.16;
    private const int CloseUpCandidates = 200, FewestCloseUpPoints = 10;
    private const double Flattest = 0.62, Steepest = 1.25;

    public double Ratio => (Top - Bottom) / (Right - Left);

    public static PointView Around(IEnumerable<Coordinates> real, IEnumerable<Coordinates> samples)
    {
        Coordinates[] seen = [.. real.Where(IsFinite)], drawn = [.. samples.Where(IsFinite)];
        var (left, right) = Range(point => point.X);
        var (bottom, top) = Range(point => point.Y);
        double width = Math.Max(right - left, 1e-6), height = Math.Max(top - bottom, 1e-6);
        return new PointView(left - Margin * width, right + Margin * width, bottom - Margin * height, top + Margin * height).Reshaped();

        static bool IsFinite(Coordinates point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

        (double Low, double High) Range(Func<Coordinates, double> side)
        {
            double[] sorted = [.. drawn.Select(side).Order()];
            int skipped = (int)(FarthestShare * sorted.Length);
            double[] ends = [.. seen.Select(side), .. sorted[skipped..(sorted.Length - skipped)]];
            return ends.Length == 0 ? (0, 1) : (ends.Min(), ends.Max());
        }
    }

    /// <summary>A small square around a real point, one with as many real neighbours as the median point has; null where points are too few.</summary>
    public static PointView? CloseUp(Coordinates[] real)
    {
        var view = Around(real, []);
        double half = CloseUpShare * (view.Right - view.Left) / 2;
        var candidates = real.Take(CloseUpCandidates)
            .Select(center => new PointView(center.X - half, center.X + half, center.Y - half, center.Y + half))
            .Select(square => (Square: square, Count: real.Length - square.CountOutside(real)))
            .OrderBy(candidate => candidate.Count).ToList();
        return candidates.Count > 0 && candidates[candidates.Count / 2] is { Count: >= FewestCloseUpPoints } median ? median.Square : null;
    }

    public bool Contains(Coordinates point) => point.X >= Left && point.X <= Right && point.Y >= Bottom && point.Y <= Top;

    public int CountOutside(Coordinates[] points)
    {
        var view = this;
        return points.Count(point => !view.Contains(point));
    }

    // Wider or higher, never cropped: panels stay near square and both axes keep one unit.
    private PointView Reshaped()
    {
        double ratio = Math.Clamp(Ratio, Flattest, Steepest);
        double width = Math.Max(Right - Left, (Top - Bottom) / ratio), height = Math.Max(Top - Bottom, (Right - Left) * ratio);
        double x = (Left + Right) / 2, y = (Bottom + Top) / 2;
        return new PointView(x - width / 2, x + width / 2, y - height / 2, y + height / 2);
    }
}
