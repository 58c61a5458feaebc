using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>Samples on their way from noise to data.</summary>
/// <param name="States">[S, N, ...] from the start to the end: one more than the sampler's steps.</param>
/// <param name="Levels">[S] the noise level of every state.</param>
public sealed record Trajectory(Tensor States, IReadOnlyList<NoiseLevel> Levels)
{
    /// <summary>[N, ...] the samples themselves: a view of the last states.</summary>
    public Tensor Samples => States[^1];
}
