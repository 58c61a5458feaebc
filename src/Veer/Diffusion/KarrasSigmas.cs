namespace Veer.Diffusion;

/// <summary>
/// The noise levels of EDM's sampler (Karras et al., arXiv 2206.00364, Eq. 5): evenly spaced in sigma^(1 / rho), then 0. The larger rho, the
/// more of them are small.
/// </summary>
/// <param name="SigmaMin">sigma_min, the last before 0; above 0.</param>
/// <param name="SigmaMax">sigma_max, where samples start; above sigma_min.</param>
/// <param name="Rho">Above 0.</param>
public sealed record KarrasSigmas(double SigmaMin = 0.002, double SigmaMax = 80, double Rho = 7)
{
    /// <summary>sigma_0 = sigma_max, ..., sigma_(n - 1) = sigma_min, sigma_n = 0.</summary>
    /// <param name="steps">n, at least 1; 1 goes from sigma_max to 0.</param>
    public IReadOnlyList<double> Sigmas(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!(SigmaMin > 0 && SigmaMax > SigmaMin && double.IsFinite(SigmaMax) && Rho > 0))
            throw new ArgumentException(FormattableString.Invariant($"{SigmaMin} to {SigmaMax}, rho {Rho}") + ": 0 < SigmaMin < SigmaMax and 0 < Rho are wanted");
        double from = Math.Pow(SigmaMax, 1 / Rho), to = Math.Pow(SigmaMin, 1 / Rho);
        return [.. Enumerable.Range(0, steps).Select(i => Math.Pow(from + (double)i / Math.Max(1, steps - 1) * (to - from), Rho)), 0];
    }
}
