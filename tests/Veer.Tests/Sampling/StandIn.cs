using Veer.Diffusion;
using Veer.Guidance;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>The stand-in model and classifier gradient of the golden DDPM cases (formulas in Golden/ddpm.json).</summary>
internal sealed class StandIn(NoiseSchedule schedule, bool predictsClean = false) : IDenoiser, INoisyClassifier
{
    public int Classes => 11;

    public DenoiserInfo Info => new() { Classes = Classes, KnowsNullLabel = true };

    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        double t = schedule.TimestepOf(level);
        var centred = Column(label - 4, x);
        if (predictsClean)
        {
            var clean = 0.8 * (0.7 * x).tanh() * Math.Cos(0.001 * t) + 0.02 * centred;
            return new(clean, level.NoiseFrom(x, clean));
        }
        var noise = 0.3 * x + 0.5 * x.tanh() * Math.Cos(0.004 * t) + 0.05 * centred;
        return new(level.CleanFrom(x, noise), noise);
    }

    public Tensor LogProbability(Tensor x, NoiseLevel level) => throw new NotSupportedException();

    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label)
    {
        double t = schedule.TimestepOf(level);
        return -0.7 * (x - (0.1 * Column(label, x) - 0.4)) / (1 + 0.001 * t);
    }

    private static Tensor Column(Tensor label, Tensor x) =>
        label.to(x.dtype).reshape([-1, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
}
