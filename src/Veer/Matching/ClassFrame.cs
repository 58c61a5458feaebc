namespace Veer.Matching;

/// <summary>
/// Coordinates in which a class is matched: samples and real points each about their own mean, the largest coordinate 1 to 2. Moving
/// either set as a whole adds to a squared distance only what depends on one of the two points, so the best matching stays the best,
/// and the search starts from duals that are nearly right.
/// </summary>
/// <param name="SampleCentre">[D] float64.</param>
/// <param name="TargetCentre">[D] float64.</param>
/// <param name="Scale">A power of two, so that scaling is exact.</param>
internal sealed record ClassFrame(Tensor SampleCentre, Tensor TargetCentre, double Scale)
{
    /// <summary>The frame of a class.</summary>
    /// <param name="samples">[N, D] its samples.</param>
    /// <param name="targets">[M, D] its real points.</param>
    public static ClassFrame Fit(Tensor samples, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (sampleCentre, sampleExtent) = Extent(samples);
        var (targetCentre, targetExtent) = Extent(targets);
        double largest = Math.Max(sampleExtent, targetExtent);
        double scale = largest > 0 ? Math.ScaleB(1, -Math.ILogB(largest)) : 1;
        return new(sampleCentre.MoveToOuterDisposeScope(), targetCentre.MoveToOuterDisposeScope(), scale);
    }

    /// <summary>[n, D] float64: samples in this frame.</summary>
    public Tensor Samples(Tensor samples) => (samples.to(ScalarType.Float64) - SampleCentre).mul_(Scale);

    /// <summary>[n, D] float64: real points in this frame.</summary>
    public Tensor Targets(Tensor targets) => (targets.to(ScalarType.Float64) - TargetCentre).mul_(Scale);

    private static (Tensor Centre, double Largest) Extent(Tensor points)
    {
        var centre = points.mean([0]).to(ScalarType.Float64);
        var (low, high) = (points.amin([0]).to(ScalarType.Float64), points.amax([0]).to(ScalarType.Float64));
        return (centre, Math.Max((high - centre).abs().max().item<double>(), (low - centre).abs().max().item<double>()));
    }
}
