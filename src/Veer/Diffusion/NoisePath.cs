namespace Veer.Diffusion;

/// <summary>
/// The coefficients a(t) and b(t), alpha and sigma, of a family, and their derivatives. With a denoiser, a path gives the
/// probability-flow ODE dx/dt = a'(t) · Clean + b'(t) · Noise.
/// </summary>
public abstract record NoisePath
{
    /// <summary>(a(t), b(t)).</summary>
    public abstract NoiseLevel At(double t);

    /// <summary>(a'(t), b'(t)).</summary>
    public abstract (double Alpha, double Sigma) Derivative(double t);

    /// <summary>The times at which a sampler of so many steps stops: one more than steps, from noise to data.</summary>
    /// <param name="steps">1 or more.</param>
    public abstract IReadOnlyList<double> Times(int steps);
}

/// <summary>Rectified flow (Liu et al., arXiv 2209.03003): a = t, b = 1 - t, from noise at t = 0 to data at t = 1.</summary>
public sealed record LinearPath : NoisePath
{
    /// <inheritdoc/>
    public override NoiseLevel At(double t) => new(t, 1 - t);

    /// <inheritdoc/>
    public override (double Alpha, double Sigma) Derivative(double t) => (1, -1);

    /// <inheritdoc/>
    /// <remarks>Evenly spaced.</remarks>
    public override IReadOnlyList<double> Times(int steps) => [.. Enumerable.Range(0, steps + 1).Select(i => (double)i / steps)];
}

/// <summary>EDM (Karras et al., arXiv 2206.00364): a = 1, b = t = sigma.</summary>
public sealed record VarianceExplodingPath : NoisePath
{
    /// <inheritdoc/>
    public override NoiseLevel At(double t) => new(1, t);

    /// <inheritdoc/>
    public override (double Alpha, double Sigma) Derivative(double t) => (0, 1);

    /// <inheritdoc/>
    /// <remarks>Those of <see cref="KarrasSigmas"/>.</remarks>
    public override IReadOnlyList<double> Times(int steps) => new KarrasSigmas().Sigmas(steps);
}
