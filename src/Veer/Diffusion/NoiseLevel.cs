namespace Veer.Diffusion;

/// <summary>
/// A noise level: x = Alpha · clean + Sigma · noise, noise ~ N(0, I). Every family is one choice of the two coefficients along a
/// <see cref="NoisePath"/>; EDM's sigma, the noise in units of the data, is Sigma / Alpha. What follows from x and one of its parts stands here.
/// </summary>
/// <param name="Alpha">a, the coefficient of the clean sample; at least 0.</param>
/// <param name="Sigma">b, the coefficient of the noise; at least 0.</param>
public readonly record struct NoiseLevel(double Alpha, double Sigma)
{
    /// <summary>The end of every path: the clean sample itself.</summary>
    public static NoiseLevel Clean => new(1, 0);

    /// <summary>lambda = log(Alpha / Sigma), half the logarithm of the signal-to-noise ratio; infinite where one of the two vanishes.</summary>
    public double LogRatio => Math.Log(Alpha / Sigma);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"NoiseLevel {{ Alpha = {Alpha}, Sigma = {Sigma} }}");

    /// <summary>x = a · clean + b · noise.</summary>
    public Tensor Mix(Tensor clean, Tensor noise) => clean * Alpha + noise * Sigma;

    /// <summary>The clean part of x, given its noise; a must not vanish.</summary>
    public Tensor CleanFrom(Tensor x, Tensor noise) => (x - noise * Sigma) / Alpha;

    /// <summary>The noise in x, given its clean part; b must not vanish.</summary>
    public Tensor NoiseFrom(Tensor x, Tensor clean) => (x - clean * Alpha) / Sigma;

    /// <summary>The noise of x after its clean part was changed, x staying as it is; where x has noise.</summary>
    internal Tensor FollowClean(Tensor noise, Tensor change) => Sigma > 0 ? noise - change * (Alpha / Sigma) : noise;

    /// <summary>Both parts of x, given its velocity v = clean - noise; for levels of the linear path, Alpha + Sigma = 1.</summary>
    public Prediction FromVelocity(Tensor x, Tensor velocity) => new(x + velocity * Sigma, x - velocity * Alpha);
}
