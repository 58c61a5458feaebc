using Veer.Networks;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser from a network that predicts the velocity of a rectified flow from noise to data (Liu et al., arXiv 2209.03003): v = data -
/// noise at x_t = t · data + (1 - t) · noise. It answers at any level of any path: x / (a + b) lies on the linear path at t = a / (a + b),
/// where Clean = x_t + (1 - t) · v and Noise = x_t - t · v, and neither part changes by that scaling.
/// </summary>
public sealed class FlowDenoiser : NetworkDenoiser
{
    /// <summary>The family's name in configurations.</summary>
    internal const string Family = "flow";

    /// <param name="network">Predicts the velocity from (x_t, t, label); label is [B] int64, or [B, C + 1] weights of the classes.</param>
    /// <param name="classes">Number of classes C; the network's label C is null.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    public FlowDenoiser(ConditionalNetwork network, int classes, double labelDropout)
        : base(network, classes, labelDropout)
    {
    }

    /// <inheritdoc/>
    public override NoisingProcess Process { get; } = new ContinuousProcess(new LinearPath());

    /// <inheritdoc/>
    public override Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        double length = level.Alpha + level.Sigma, time = level.Alpha / length;
        var onPath = length == 1 ? x : x / length;
        var velocity = Network.forward(onPath, full(1, time, ScalarType.Float32, x.device), label).to(x.dtype);
        var (clean, noise) = new NoiseLevel(time, 1 - time).FromVelocity(onPath, velocity);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
