namespace Veer.Diffusion;

/// <summary>
/// What a network that was trained on a discrete variance-preserving process is given at any level of any path: x / sqrt(a² + b²) lies on
/// that process at the same ratio a : b.
/// </summary>
internal static class NetworkInputs
{
    /// <summary>Nearer to one, a length is one but for rounding, and x is left as it is.</summary>
    private const double Rounding = 1e-9;

    /// <summary>x on the process, and t / T there, [1].</summary>
    public static (Tensor X, Tensor Time) Of(NoiseSchedule schedule, Tensor x, NoiseLevel level)
    {
        double length = Math.Sqrt(level.Alpha * level.Alpha + level.Sigma * level.Sigma);
        var time = full(1, DdpmDenoiser.Time(schedule.TimestepOf(level), schedule), ScalarType.Float32, x.device);
        return (Math.Abs(length - 1) < Rounding ? x : x / length, time);
    }
}
