using Veer.Data;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// Training of a rectified flow from noise to data (Liu et al., arXiv 2209.03003): E over x0, t ~ U[0, 1], eps of
/// ‖(x0 - eps) - v(t · x0 + (1 - t) · eps, t, c)‖². The label is replaced by the null label with a fixed probability, so that one network
/// learns both sides of classifier-free guidance.
/// </summary>
/// <param name="network">Predicts the velocity from (x_t, t, label).</param>
/// <param name="data">Training points; on the device of the network.</param>
/// <param name="labelDropout">Probability of the null label, 0 to 1.</param>
/// <param name="horizontalFlips">Whether images are mirrored half of the time.</param>
public sealed class RectifiedFlowObjective(ConditionalNetwork network, LabeledData data, double labelDropout, bool horizontalFlips = false) : IObjective
{
    private readonly TrainingDraws points = new(data, labelDropout, horizontalFlips);

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        using var draws = key.Draws(points.Device);
        var rows = points.Rows(count, draws);
        var label = points.Labels(rows, draws);
        var clean = points.Points(rows, draws);
        var t = draws.Uniform([count]);
        var noise = draws.Normal(clean.shape);
        var displacement = clean - noise;
        var between = noise + displacement * t.reshape([count, .. Enumerable.Repeat(1L, clean.shape.Length - 1)]);
        return nn.functional.mse_loss(network.forward(between, t, label), displacement).MoveToOuterDisposeScope();
    }
}
