using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser from a network that predicts the noise of a DDPM. It answers at any level of any path: x / sqrt(a² + b²) lies on the
/// variance-preserving path at the same ratio a : b, and neither part changes by that scaling.
/// </summary>
public sealed class NetworkDenoiser : IDenoiser
{
    private readonly nn.Module<Tensor, Tensor, Tensor, Tensor> network;

    /// <param name="network">Predicts the noise from (x_t, t / T, label); label is [B] int64, or [B, C + 1] weights of the classes.</param>
    /// <param name="schedule">The forward process it was trained on.</param>
    /// <param name="classes">Number of classes C; the network's label C is null.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    public NetworkDenoiser(
        nn.Module<Tensor, Tensor, Tensor, Tensor> network, NoiseSchedule schedule, int classes, double labelDropout)
    {
        this.network = network;
        Schedule = schedule;
        Classes = classes;
        LabelDropout = labelDropout;
    }

    /// <summary>The denoiser that a configuration describes.</summary>
    internal static NetworkDenoiser Of(nn.Module<Tensor, Tensor, Tensor, Tensor> network, ModelConfig config) =>
        new(network, config.Process(), config.Classes, config.LabelDropout) { SampleShape = config.PointShape() };

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>The forward process it was trained on.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>The shape of a sample: [D], or [C, H, W] of an image; empty where it is not known.</summary>
    public long[] SampleShape { get; init; } = [];

    /// <summary>How often the label was null in training.</summary>
    public double LabelDropout { get; }

    /// <inheritdoc/>
    public bool KnowsNullLabel => LabelDropout > 0;

    /// <inheritdoc/>
    public bool KnowsSoftLabels => true;

    /// <summary>The network's time input of a timestep: t / T.</summary>
    public static double Time(double timestep, NoiseSchedule schedule) => timestep / schedule.Steps;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, Level level, Tensor label)
    {
        using var scope = NewDisposeScope();
        var (scaled, time) = NetworkInputs.Of(Schedule, x, level);
        var noise = network.forward(scaled, time, label).to(x.dtype);
        var clean = level.CleanFrom(x, noise);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
