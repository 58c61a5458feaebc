using Veer.Networks;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser from a network that predicts the noise of a DDPM (Ho et al., arXiv 2006.11239). It answers at any level of any path:
/// x / sqrt(a² + b²) lies on the variance-preserving path at the same ratio a : b, and neither part changes by that scaling. With a smaller alpha
/// than the process ever has, down to 0, the clean sample is the one that the network expects at its last step.
/// </summary>
public sealed class DdpmDenoiser : NetworkDenoiser
{
    /// <summary>The family's name in configurations.</summary>
    internal const string Family = "ddpm";

    /// <param name="network">Predicts the noise from (x_t, t / T, label); label is [B] int64, or [B, C + 1] weights of the classes.</param>
    /// <param name="schedule">The forward process it was trained on.</param>
    /// <param name="classes">Number of classes C; the network's label C is null.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    public DdpmDenoiser(
        ConditionalNetwork network, NoiseSchedule schedule, int classes, double labelDropout)
        : base(network, classes, labelDropout) => Schedule = schedule;

    /// <summary>The forward process it was trained on.</summary>
    public NoiseSchedule Schedule { get; }

    /// <inheritdoc/>
    public override NoisingProcess Process => new DiscreteProcess(Schedule);

    /// <summary>The network's time input of a timestep of the process that it was trained on: t / T.</summary>
    public static double Time(double timestep, NoiseSchedule schedule) => timestep / schedule.TrainedSteps;

    /// <inheritdoc/>
    public override Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        var (scaled, time) = NetworkInputs.Of(Schedule, x, level);
        var noise = Network.forward(scaled, time, label).to(x.dtype);
        var last = Schedule.Noisiest;
        if (level.Alpha * last.Sigma < last.Alpha * level.Sigma)
        {
            var expected = last.CleanFrom(scaled, noise);
            return new(expected.MoveToOuterDisposeScope(), level.NoiseFrom(x, expected).MoveToOuterDisposeScope());
        }
        var clean = level.CleanFrom(x, noise);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
