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
        Measure = set => new(Distance(set.Points, set.Real)),
    };

    /// <summary>Directions, unless said otherwise.</summary>
    public const int DefaultDirections = 512;

    /// <summary>Of one of many subsets.</summary>
    internal const int FewDirections = 128;

    /// <summary>Projected values of a set at a time: 8 MB in float64 on the CPU, so that every core has some; elsewhere 32 MB.</summary>
    private const long CoreValues = 1 << 20, ChunkValues = 1 << 22;

    /// <summary>Projected values of a reference that many sets are measured against, at most: 128 MB.</summary>
    private const long HeldValues = 1 << 24;

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

    private static double Distance(Tensor samples, MetricReference real)
    {
        PointSets.Check(samples, real.Points, "sliced-wasserstein");
        int directions = real.IsSubset ? Math.Min(FewDirections, real.Directions) : real.Directions;
        // a subset's reference serves a set or two
        bool serves = !real.IsSubset && samples.device.type == DeviceType.CPU && real.Points.shape[0] * directions <= HeldValues;
        return Math.Sqrt(Squared(samples, real.Points, directions, real.Seed, serves ? real.Once(() => Sorted(real.Points, directions, real.Seed)).Rows : null));
    }

    /// <summary>The square of the distance between sets that fit; of a reference, if they are given, by its sorted projections.</summary>
    internal static double Squared(Tensor samples, Tensor reference, int directions, long seed, Tensor? held = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        var axes = Directions(samples.shape[1], directions, seed).to(samples.device);
        var points = samples.detach().to(ScalarType.Float64);
        var others = held is null ? reference.detach().to(ScalarType.Float64).to(samples.device) : null;
        var steps = CommonSteps.Create(samples.shape[0], reference.shape[0], samples.device);

        long count = axes.shape[0], larger = Math.Max(samples.shape[0], reference.shape[0]);
        var squared = empty(count, ScalarType.Float64, samples.device);
        InParts(axes, larger, (first, few) =>
            squared.narrow(0, first, few.shape[0]).copy_(steps.SquaredDistances(Projected(few, points), held?.narrow(0, first, few.shape[0]) ?? Projected(few, others!))));
        return squared.split(Chunk(ChunkValues, larger, count)).Sum(some => some.sum().item<double>()) / count;
    }

    /// <summary>A reference's projections, sorted once for every set that is measured against it.</summary>
    private static SortedProjections Sorted(Tensor reference, int directions, long seed)
    {
        using var scope = NewDisposeScope();
        var axes = Directions(reference.shape[1], directions, seed);
        var points = reference.detach().cpu().to(ScalarType.Float64);
        var rows = empty([axes.shape[0], points.shape[0]], ScalarType.Float64).DetachFromDisposeScope();
        InParts(axes, points.shape[0], (first, few) => rows.narrow(0, first, few.shape[0]).copy_(Projected(few, points)));
        return new(rows);
    }

    /// <summary>Some directions at a time: on the CPU on every core, elsewhere one part after the other.</summary>
    private static void InParts(Tensor axes, long points, Action<long, Tensor> fill)
    {
        bool cores = axes.device.type == DeviceType.CPU;
        long count = axes.shape[0], some = Chunk(cores ? CoreValues : ChunkValues, points, count);
        using var threads = Threads.Keep();
        Parallel.For(0, (count + some - 1) / some, new ParallelOptions { MaxDegreeOfParallelism = cores ? Environment.ProcessorCount : 1 }, part =>
        {
            using var alone = threads.One();
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            fill(part * some, axes.narrow(0, part * some, Math.Min(some, count - part * some)));
        });
    }

    private static long Chunk(long values, long points, long count) => Math.Clamp(values / points, 1, count);

    /// <summary>[directions, N] the points along each direction, ascending.</summary>
    private static Tensor Projected(Tensor axes, Tensor points)
    {
        var rows = matmul(axes, points.t());
        if (rows.device.type != DeviceType.CPU) return rows.sort(1).Values;
        AscendingRows.Sort(rows);
        return rows;
    }

    private sealed record SortedProjections(Tensor Rows) : IDisposable
    {
        public void Dispose() => Rows.Dispose();
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
