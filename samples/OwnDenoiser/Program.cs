using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using static TorchSharp.torch;

// A denoiser of your own: every guidance and sampler works on it.

var guided = new ClassifierFreeGuidance(new TwoBells(), scale: 1);
var samples = new Ddim(100).Sample(guided, zeros(20_000, ScalarType.Int64), seed: 7);
Console.WriteLine(FormattableString.Invariant($"mean {samples.mean().item<float>():f2}, standard deviation {samples.std().item<float>():f2}"));

/// <summary>Class 0 is N(-1, 0.5²), class 1 N(1, 0.5²); the null label is taken for N(0, 1.1²).</summary>
internal sealed class TwoBells : IDenoiser
{
    public DenoiserInfo Info { get; } = new()
    {
        Classes = 2,
        KnowsNullLabel = true,
        SampleShape = [1],
        Process = new DiscreteProcess(NoiseSchedule.Cosine()),
    };

    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(new[] { -1.0f, 1, 0 })[label].unsqueeze(1);
        var variance = tensor(new[] { 0.25f, 0.25f, 1.21f })[label].unsqueeze(1);
        // E[noise given x]: the share of x that is noise
        var noise = (x - mean * level.Alpha) * level.Sigma / (variance * (level.Alpha * level.Alpha) + level.Sigma * level.Sigma);
        return new(level.CleanFrom(x, noise).MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
