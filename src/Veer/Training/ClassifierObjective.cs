using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// Training of a noisy classifier (Dhariwal and Nichol, arXiv 2105.05233): the cross entropy E over x0, t, eps of -log p_phi(c given x_t),
/// t uniform over the steps of the forward process.
/// </summary>
/// <param name="network">Gives the logits of (x_t, t / T).</param>
/// <param name="schedule">The forward process.</param>
/// <param name="data">Training points; on the device of the network.</param>
public sealed class ClassifierObjective(ConditionalNetwork network, NoiseSchedule schedule, LabeledData data) : IObjective
{
    private readonly NoisyPoints points = new(schedule, data);

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        var drawn = points.Draw(key, count);
        var logits = NetworkClassifier.Logits(network, drawn.Mixed, drawn.Time);
        return nn.functional.cross_entropy(logits, drawn.Label).MoveToOuterDisposeScope();
    }
}
