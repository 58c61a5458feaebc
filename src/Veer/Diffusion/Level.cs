using static TorchSharp.torch;

namespace Veer.Diffusion;

/// <summary>
/// A noise level: x = Signal · clean + Noise · noise, noise ~ N(0, I). Every family is one choice of the two coefficients along a
/// <see cref="NoisePath"/>. What follows from x and one of its parts stands here; families whose networks predict something else have formulas of
/// their own.
/// </summary>
/// <param name="Signal">a, the coefficient of the clean sample; at least 0.</param>
/// <param name="Noise">b, the coefficient of the noise; at least 0.</param>
public readonly record struct Level(double Signal, double Noise)
{
    /// <summary>The end of every path: the clean sample itself.</summary>
    public static Level Clean => new(1, 0);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Level {{ Signal = {Signal}, Noise = {Noise} }}");

    /// <summary>x = a · clean + b · noise.</summary>
    public Tensor Mix(Tensor clean, Tensor noise) => clean * Signal + noise * Noise;

    /// <summary>The clean part of x, given its noise; a must not vanish.</summary>
    public Tensor CleanFrom(Tensor x, Tensor noise) => (x - noise * Noise) / Signal;

    /// <summary>The noise in x, given its clean part; b must not vanish.</summary>
    public Tensor NoiseFrom(Tensor x, Tensor clean) => (x - clean * Signal) / Noise;
}
