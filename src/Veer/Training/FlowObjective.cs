using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// Pair training of a rectified flow (Eq. 11 and 12 of arXiv 2503.10638): E over t, source of ‖(target - source) - v(x_t, t, c)‖² at
/// x_t = t · target + (1 - t) · source, the target drawn anew at every iteration.
/// </summary>
public sealed class FlowObjective : IObjective
{
    private readonly ConditionalNetwork network;
    private readonly Tensor source, labels, real;
    private readonly ITargets targets;

    /// <param name="network">Predicts the velocity from (x_t, t, label).</param>
    /// <param name="source">[N, ...] the points that are to move.</param>
    /// <param name="labels">[N] int64 classes of the source points.</param>
    /// <param name="real">[M, ...] the points that they may move to.</param>
    /// <param name="targets">Which of these each may go to.</param>
    public FlowObjective(ConditionalNetwork network, Tensor source, Tensor labels, Tensor real, ITargets targets)
    {
        if (targets.Sources != source.shape[0])
            throw new ArgumentException($"targets for {targets.Sources} points, not {source.shape[0]}", nameof(targets));
        (this.network, this.source, this.labels, this.real, this.targets) = (network, source, labels, real, targets);
    }

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        var device = source.device;
        using var draws = key.Draws(device);
        var rows = draws.Below(source.shape[0], [count]);
        var chosen = targets.Draw(rows, draws);
        var from = source.index_select(0, rows);
        var to = real.index_select(0, chosen);
        var t = draws.Uniform([count]);
        var displacement = to - from;
        var between = from + displacement * t.reshape([count, .. Enumerable.Repeat(1L, from.shape.Length - 1)]);
        var velocity = network.forward(between, t, labels.index_select(0, rows));
        return nn.functional.mse_loss(velocity, displacement).MoveToOuterDisposeScope();
    }
}
