namespace Veer.Models;

/// <summary>
/// An affine map of each coordinate, (x - centre) / scale, after which vectors of any unit have mean 0 and standard deviation 1: what a network,
/// its learning rate and its Fourier features are made for.
/// </summary>
public sealed record Standardisation
{
    /// <summary>Below this share of its largest value, a column's spread is the rounding of float32.</summary>
    private const double Rounding = 1e-6;

    /// <summary>What is taken off each coordinate, [D].</summary>
    public required IReadOnlyList<double> Center { get; init; }

    /// <summary>What each coordinate is then divided by, [D], above 0.</summary>
    public required IReadOnlyList<double> Scale { get; init; }

    /// <summary>By the mean and the standard deviation of points; where a column of theirs is constant, by those of other points, or by 1.</summary>
    /// <param name="points">[N, D], N at least 1.</param>
    /// <param name="others">[M, D], M at least 1.</param>
    public static Standardisation From(Tensor points, Tensor others)
    {
        using var scope = NewDisposeScope();
        var (center, spread) = Moments(points);
        var (_, second) = Moments(others);
        var scale = where(spread.gt(0), spread, where(second.gt(0), second, 1.0));
        return new() { Center = center.cpu().data<double>().ToArray(), Scale = scale.cpu().data<double>().ToArray() };
    }

    /// <summary>Points in the network's unit.</summary>
    /// <param name="points">[N, D].</param>
    /// <returns>[N, D] float32, a new tensor.</returns>
    internal Tensor Apply(Tensor points)
    {
        using var scope = NewDisposeScope();
        // in float64: what is far from zero keeps its digits
        var centred = points.to(ScalarType.Float64) - Row(Center, points.device);
        return (centred / Row(Scale, points.device)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Points back in their own unit.</summary>
    /// <param name="points">[N, D] float32.</param>
    /// <returns>[N, D] float32, a new tensor.</returns>
    internal Tensor Invert(Tensor points)
    {
        using var scope = NewDisposeScope();
        var own = points.to(ScalarType.Float64) * Row(Scale, points.device) + Row(Center, points.device);
        return own.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Velocities back in their own unit.</summary>
    internal Tensor InvertVelocity(Tensor velocity)
    {
        using var scale = Row(Scale, velocity.device);
        return (velocity * scale).to(ScalarType.Float32);
    }

    /// <exception cref="InputException">It is not one of points of this size.</exception>
    internal void Check(string file, long dimensions)
    {
        if (Center.Count == dimensions && Scale.Count == dimensions && Center.All(double.IsFinite) && Scale.All(scale => scale > 0 && double.IsFinite(scale))) return;
        throw new InputException(
            file, "standardisation", $"{Center.Count} centres and {Scale.Count} scales", $"{dimensions} finite numbers of each, the scales above 0");
    }

    private static (Tensor Center, Tensor Spread) Moments(Tensor points)
    {
        var values = points.to(ScalarType.Float64);
        var center = values.mean([0]);
        var spread = (values - center).square().mean([0]).sqrt();
        return (center, spread.masked_fill(spread.le(values.abs().amax([0]) * Rounding), 0));
    }

    private static Tensor Row(IReadOnlyList<double> values, Device device) => tensor(values.ToArray(), device: device);
}
