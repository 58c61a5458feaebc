namespace Veer.Metrics;

/// <summary>
/// `frechet-infinity`: the Fréchet distance that infinitely many samples would have (Chong and Forsyth, arXiv 1911.07023). That of n samples is
/// too large by about a constant over n, and the constant depends on the generator: so the distances of random subsets of several sizes n are
/// laid along a line over 1/n, and the line followed to 0.
/// </summary>
/// <param name="Value">Where the line ends: may be a little below 0 for samples of the reference's own distribution.</param>
/// <param name="Slope">The line's slope over 1/n: the bias of n samples is this over n.</param>
/// <param name="FewSamples">Whether the smallest subset, or the reference, has no more rows than the features have dimensions: the bias is then not yet a straight line.</param>
/// <remarks>
/// Sizes lie evenly in n, as in the paper, from a tenth of the samples on; from 2 D on where that is more, because below it the bias bends, but
/// from half of the samples at the latest. For 50,000 samples of 2,048 features these are the paper's 15 from 5,000. The bias that the finite
/// reference brings stays: compare numbers of one reference.
/// </remarks>
public readonly record struct FrechetInfinity(double Value, double Slope, bool FewSamples)
{
    /// <summary>Sizes of subsets.</summary>
    private const int Sizes = 15;

    /// <summary>Of one of many subsets.</summary>
    private const int FewSizes = 5;

    /// <summary>The smallest subset holds this part of all samples.</summary>
    private const int Parts = 10;

    /// <summary>Two sizes, of at least two samples.</summary>
    private const int Least = 3;

    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "frechet-infinity", "Fréchet distance at infinity", MetricDirection.Lower,
        "Fréchet distance of subsets of several sizes, followed to infinitely many samples.")
    {
        Source = "Chong and Forsyth, arXiv 1911.07023",
        HangsOn = CountDependence.Real,
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        LeastSamples = Least,
        ReadsCovariance = true,
        Measure = set => new(Compute(set.Points, FrechetReference.Of(set.Real), set.Real.IsSubset ? FewSizes : Sizes, set.Real.Seed).Value),
    };

    /// <summary>The distance of infinitely many samples.</summary>
    /// <param name="samples">[N, D], N at least 3.</param>
    /// <param name="reference">[M, D], M at least 2.</param>
    /// <param name="seed">Draws the subsets: that of size i by (seed, "frechet-infinity", i).</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">There are too few rows, or a value is not finite.</exception>
    public static FrechetInfinity Compute(Tensor samples, Tensor reference, long seed = 0)
    {
        PointSets.Check(samples, reference, Metric.Name);
        using var scope = NewDisposeScope();
        return Compute(samples, FrechetReference.OfPoints(reference), seed);
    }

    /// <summary>The same from a reference that many sets are compared with.</summary>
    /// <inheritdoc cref="Compute(Tensor, Tensor, long)"/>
    public static FrechetInfinity Compute(Tensor samples, FrechetReference reference, long seed = 0) => Compute(samples, reference, Sizes, seed);

    private static FrechetInfinity Compute(Tensor samples, FrechetReference reference, int count, long seed)
    {
        if (samples.dim() != 2 || samples.shape[1] != reference.Size)
            throw new ArgumentException($"{Metric.Name} wants samples [N, {reference.Size}], not [{string.Join(", ", samples.shape)}]", nameof(samples));
        if (samples.shape[0] < Least) throw new InputException(Metric.Name, nameof(samples), $"{samples.shape[0]}", $"at least {Least}");
        PointSets.CheckFinite(samples, Metric.Name, nameof(samples));
        var key = RandomKey.From(seed, "frechet-infinity");
        long[] sizes = [.. SubsetSizes(samples.shape[0], reference.Size, count)];
        var (value, slope) = Line([.. sizes.Select(size => 1.0 / size)], [.. sizes.Select(Distance)]);
        return new(value, slope, reference.FewSamples || sizes[0] <= reference.Size);

        double Distance(long size, int i)
        {
            using var scope = NewDisposeScope();
            return reference.Estimate(samples.index_select(0, tensor(KeyedSubset.Rows(key.At(i), samples.shape[0], size), device: samples.device)));
        }
    }

    /// <summary>Ascending; the last is N.</summary>
    internal static IEnumerable<long> SubsetSizes(long count, long dimensions, int sizes = Sizes)
    {
        long least = Math.Max(2, Math.Clamp(2 * dimensions, count / Parts, count / 2));
        return Enumerable.Range(0, sizes).Select(i => least + (count - least) * i / (sizes - 1)).Distinct();
    }

    /// <summary>Least squares.</summary>
    private static (double Intercept, double Slope) Line(double[] x, double[] y)
    {
        double centre = x.Average(), height = y.Average();
        double slope = x.Zip(y, (at, value) => (at - centre) * (value - height)).Sum() / x.Sum(at => (at - centre) * (at - centre));
        return (height - slope * centre, slope);
    }
}
