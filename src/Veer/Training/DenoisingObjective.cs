using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// DDPM training (Eq. 4 of arXiv 2503.10638; Ho et al., arXiv 2006.11239): E over x0, t, eps of ‖eps - eps_theta(x_t, t, c)‖². The
/// label is replaced by the null label with a fixed probability, so that one network learns both sides of classifier-free guidance.
/// </summary>
/// <param name="network">Predicts the noise from (x_t, t / T, label).</param>
/// <param name="schedule">The forward process.</param>
/// <param name="data">Training points; on the device of the network.</param>
/// <param name="labelDropout">Probability of the null label, 0 to 1.</param>
/// <param name="horizontalFlips">Whether images are mirrored half of the time.</param>
public sealed class DenoisingObjective(
    ConditionalNetwork network, NoiseSchedule schedule, LabeledData data, double labelDropout, bool horizontalFlips = false) : IObjective
{
    private readonly NoisyPoints points = new(schedule, data, labelDropout, horizontalFlips);

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        var drawn = points.Draw(key, count);
        var predicted = network.forward(drawn.Mixed, drawn.Time, drawn.Label);
        return nn.functional.mse_loss(predicted, drawn.Noise).MoveToOuterDisposeScope();
    }
}
