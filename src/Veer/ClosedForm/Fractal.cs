using Veer.Data;

namespace Veer.ClosedForm;

/// <summary>
/// The two-class fractal in the plane: per class a binary tree of 127 branches, each carrying 8 Gaussians along its length, whose
/// standard deviation across the branch falls from 0.016 at the root to 0.004 at the tips. Construction and constants of Karras et al.
/// (arXiv 2406.02507, Appendix C); class 0 grows towards pi/4, class 1 towards 5 pi/4. A Gaussian mixture, so all that a network has to
/// learn about it is known exactly.
/// </summary>
public static class Fractal
{
    /// <summary>Number of classes.</summary>
    public const int Classes = 2;

    private const int Splits = 6, PerBranch = 8;
    private const double RootLength = 0.292, LengthDecay = 0.8, TurnDecay = 0.7, WeightDecay = 0.5, Jitter = 0.2;
    private const double FirstStop = 0.07, LastStop = 0.93, RelativeSize = 0.06, Thickness = 0.2;
    private const uint Seed = 2;
    private static readonly (double X, double Y) Origin = (0.0030, 0.0325), Size = (1.3136, 1.3844);
    private static readonly double[] Directions = [0.25 * Math.PI, 1.25 * Math.PI];

    /// <summary>The mixture with both classes equally likely, as <see cref="Sample"/> draws them.</summary>
    /// <param name="type">Type of the points that it draws: float32 or float64.</param>
    public static GaussianMixture Mixture(ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var (weights, means, covariances, classes) = Components();
        var totals = zeros(Classes, ScalarType.Float64).index_add_(0, classes, weights, 1);
        return new GaussianMixture(weights / totals.index_select(0, classes), means, covariances, classes, type);
    }

    /// <summary>Points of both classes in turn (0, 1, 0, 1, ...). Point i depends on the key and on i alone.</summary>
    /// <param name="perClass">Points of each class.</param>
    /// <param name="key">The stream of random numbers.</param>
    public static LabeledData Sample(long perClass, RandomKey key)
    {
        using var mixture = Mixture();
        var labels = arange(Classes * perClass, ScalarType.Int64).remainder_(Classes);
        return new LabeledData(mixture.Sample(labels, key), labels, Classes);
    }

    /// <summary>
    /// Every Gaussian (K = 2 · 127 · 8), depth first, class 0 before class 1: unnormalised weights [K], means [K, 2], covariances
    /// [K, 2, 2], all float64, and classes [K] int64.
    /// </summary>
    public static (Tensor Weights, Tensor Means, Tensor Covariances, Tensor Classes) Components()
    {
        using var scope = NewDisposeScope();
        var gaussians = new List<Gaussian>();
        var normals = new FractalNormals(Seed);
        for (int c = 0; c < Classes; c++) Grow(gaussians, normals, c, depth: 0, Origin.X, Origin.Y, Directions[c]);
        long count = gaussians.Count;
        return (
            tensor(gaussians.ConvertAll(g => g.Weight)).MoveToOuterDisposeScope(),
            tensor(gaussians.SelectMany(g => new[] { g.X, g.Y }).ToArray()).reshape(count, 2).MoveToOuterDisposeScope(),
            tensor(gaussians.SelectMany(g => new[] { g.Xx, g.Xy, g.Xy, g.Yy }).ToArray()).reshape(count, 2, 2).MoveToOuterDisposeScope(),
            tensor(gaussians.ConvertAll(g => (long)g.Class)).MoveToOuterDisposeScope());
    }

    private readonly record struct Gaussian(int Class, double Weight, double X, double Y, double Xx, double Xy, double Yy);

    /// <summary>One branch from its start, then its two children. The order of the draws fixes the published shape.</summary>
    private static void Grow(List<Gaussian> into, FractalNormals normals, int label, int depth, double x, double y, double angle)
    {
        if (depth > Splits) return;
        double shrink = Math.Pow(LengthDecay, depth), length = RootLength * shrink * (1 + Jitter * normals.Next());
        double alongX = Math.Cos(angle), alongY = Math.Sin(angle);

        // unit variance along the branch and ratio² across it, then sized and stretched by the scale of each axis
        double ratio = Thickness * shrink / length, across = ratio * ratio;
        double sizeX = RelativeSize * length * Size.X, sizeY = RelativeSize * length * Size.Y;
        double xx = (alongX * alongX * (1 - across) + across) * sizeX * sizeX;
        double yy = (alongY * alongY * (1 - across) + across) * sizeY * sizeY;
        double xy = alongX * alongY * (1 - across) * sizeX * sizeY;
        double weight = length * Math.Pow(WeightDecay, depth);
        for (int i = 0; i < PerBranch; i++)
        {
            double stop = length * (FirstStop + (LastStop - FirstStop) * i / (PerBranch - 1));
            into.Add(new(label, weight, (x + stop * alongX) * Size.X, (y + stop * alongY) * Size.Y, xx, xy, yy));
        }

        foreach (int side in (ReadOnlySpan<int>)[1, -1])
        {
            double turn = side * Math.Pow(TurnDecay, depth) * (1 + Jitter * normals.Next());
            Grow(into, normals, label, depth + 1, x + length * alongX, y + length * alongY, angle + turn);
        }
    }
}
