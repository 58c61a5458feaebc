using ScottPlot;

namespace Veer.Studies.Reporting;

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
        var (realX, realY) = Sorted(real);
        var (sampleX, sampleY) = Sorted(samples);
        var (left, right) = Range(realX, sampleX);
        var (bottom, top) = Range(realY, sampleY);
        double width = Math.Max(right - left, 1e-6), height = Math.Max(top - bottom, 1e-6);
        return new PointView(left - Margin * width, right + Margin * width, bottom - Margin * height, top + Margin * height).Reshaped();
    }

    /// <summary>A small square around a real point, one with as many real neighbours as the median point has; null where points are too few.</summary>
    public static PointView? CloseUp(Coordinates[] real)
    {
        var view = Around(real, []);
        double half = CloseUpShare * (view.Right - view.Left) / 2;
        Coordinates[] sorted = [.. real.OrderBy(point => point.X)];
        double[] x = [.. sorted.Select(point => point.X)];
        var candidates = real.Take(CloseUpCandidates)
            .Select(center => new PointView(center.X - half, center.X + half, center.Y - half, center.Y + half))
            .Select(square => (Square: square, Count: Inside(square)))
            .OrderBy(candidate => candidate.Count).ToList();
        if (candidates.Count == 0) return null;
        var (square, count) = candidates[candidates.Count / 2];
        return count >= FewestCloseUpPoints ? square : null;

        // Of thousands of points some hundreds are as far left and right.
        int Inside(PointView square)
        {
            int first = Array.BinarySearch(x, square.Left), last = Array.BinarySearch(x, square.Right);
            var near = sorted.AsSpan()[(first < 0 ? ~first : first)..(last < 0 ? ~last : last)];
            return near.Length - square.CountOutside(near);
        }
    }

    public bool Contains(Coordinates point) => point.X >= Left && point.X <= Right && point.Y >= Bottom && point.Y <= Top;

    public int CountOutside(ReadOnlySpan<Coordinates> points)
    {
        int outside = 0;
        foreach (var point in points) outside += Contains(point) ? 0 : 1;
        return outside;
    }

    // Wider or higher, never cropped: panels stay near square and both axes keep one unit.
    private PointView Reshaped()
    {
        double ratio = Math.Clamp(Ratio, Flattest, Steepest);
        double width = Math.Max(Right - Left, (Top - Bottom) / ratio), height = Math.Max(Top - Bottom, (Right - Left) * ratio);
        double x = (Left + Right) / 2, y = (Bottom + Top) / 2;
        return new PointView(x - width / 2, x + width / 2, y - height / 2, y + height / 2);
    }

    private static (double Low, double High) Range(double[] real, double[] samples)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        if (real.Length > 0) (low, high) = (real[0], real[^1]);
        if (samples.Length > 0)
        {
            int skipped = (int)(FarthestShare * samples.Length);
            low = Math.Min(low, samples[skipped]);
            high = Math.Max(high, samples[^(1 + skipped)]);
        }
        return low <= high ? (low, high) : (0, 1);
    }

    private static (double[] X, double[] Y) Sorted(IEnumerable<Coordinates> points)
    {
        Coordinates[] finite = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        double[] x = Array.ConvertAll(finite, point => point.X), y = Array.ConvertAll(finite, point => point.Y);
        Array.Sort(x);
        Array.Sort(y);
        return (x, y);
    }
}
