using TorchSharp;
using Veer.Runtime;

namespace Veer.Metrics;

/// <summary>
/// The sliced Wasserstein-2 distance (Rabin et al., 2011; Bonneel et al., 2015): the root of the mean, over unit directions, of the
/// squared W2 between the projections.
/// In one dimension W2 compares quantile functions, so it takes a sort instead of a matching, on all points.
/// </summary>
/// <remarks>
/// In two dimensions the directions are evenly spaced over the half circle: the mean over them converges like an integral by the
/// trapezoid rule, where random ones would leave an error of 1/sqrt(directions). In more, direction i is normal noise keyed by (seed,
/// "sliced-wasserstein", i), scaled to length 1. Sets of different size are compared exactly: their quantile functions are steps, and
/// the integral of the squared difference is a finite sum over the common steps. A shift of the set by d gives |d| / sqrt(D).
/// </remarks>
public static class SlicedWasserstein
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "sliced-wasserstein-2", "Sliced Wasserstein-2", MetricDirection.Lower,
        "Wasserstein-2 averaged over one-dimensional projections.")
    {
        Source = "Rabin et al., 2011; Bonneel et al., 2015",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Points,
        Evaluated = SampleKinds.Points,
        Measure = set => new(Distance(set.Points, set.Real.Points, set.Real.IsSubset ? Math.Min(FewDirections, set.Real.Directions) : set.Real.Directions, set.Real.Seed)),
    };

    /// <summary>Directions, unless said otherwise.</summary>
    public const int DefaultDirections = 512;

    /// <summary>Of one of many subsets.</summary>
    internal const int FewDirections = 128;

    /// <summary>Projected values of a set at a time: 8 MB in float64 on the CPU, so that every core has some; elsewhere 32 MB.</summary>
    private const long CoreValues = 1 << 20, ChunkValues = 1 << 22;

    /// <summary>The distance, in the unit of the points.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="directions">Number of directions, at least 1; in one dimension there is only one.</param>
    /// <param name="seed">Draws the directions in three and more dimensions.</param>
    /// <exception cref="InputException">A set is empty or a value is not finite.</exception>
    public static double Distance(Tensor samples, Tensor reference, int directions = DefaultDirections, long seed = 0)
    {
        PointSets.Check(samples, reference, "sliced-wasserstein");
        return Math.Sqrt(Squared(samples, reference, directions, seed));
    }

    /// <summary>The square of the distance between sets that fit.</summary>
    internal static double Squared(Tensor samples, Tensor reference, int directions, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        var axes = Directions(samples.shape[1], directions, seed).to(samples.device);
        var points = samples.detach().to(ScalarType.Float64);
        var others = reference.detach().to(ScalarType.Float64).to(samples.device);
        var steps = CommonSteps.Create(samples.shape[0], reference.shape[0], samples.device);

        long count = axes.shape[0], larger = Math.Max(samples.shape[0], reference.shape[0]), chunk = Math.Clamp(ChunkValues / larger, 1, count);
        var squared = empty(count, ScalarType.Float64, samples.device);
        if (samples.device.type == DeviceType.CPU)
        {
            long some = Math.Clamp(CoreValues / larger, 1, count);
            using var threads = Threads.Keep();
            Parallel.For(0, (count + some - 1) / some, part =>
            {
                using var alone = threads.One();
                Fill(part * some, Math.Min(some, count - part * some), rows => { AscendingRows.Sort(rows); return rows; });
            });
        }
        else
        {
            for (long first = 0; first < count; first += chunk) Fill(first, Math.Min(chunk, count - first), rows => rows.sort(1).Values);
        }
        return squared.split(chunk).Sum(some => some.sum().item<double>()) / count;

        void Fill(long first, long some, Func<Tensor, Tensor> sort)
        {
            using var part = NewDisposeScope();
            using var quiet = no_grad();
            var few = axes.narrow(0, first, some);
            squared.narrow(0, first, some).copy_(steps.SquaredDistances(sort(matmul(few, points.t())), sort(matmul(few, others.t()))));
        }
    }

    /// <summary>[directions, dimensions] float64 unit vectors.</summary>
    private static Tensor Directions(long dimensions, int directions, long seed)
    {
        if (dimensions == 1) return ones(1, 1, ScalarType.Float64);
        if (dimensions == 2)
        {
            var angles = (arange(directions, ScalarType.Float64) + 0.5) * (Math.PI / directions);
            return stack([angles.cos(), angles.sin()], 1);
        }
        var normal = RandomKey.From(seed, "sliced-wasserstein").Normal(0, directions, [dimensions]).to(ScalarType.Float64);
        return normal / normal.square().sum(1, keepdim: true).sqrt();
    }
}
