using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using static TorchSharp.torch;

// A guidance of your own, with a momentum that every run begins without; registered, it has a name as all others.

GuidanceKind.All.Add(MomentumGuidance.Kind);

using var mixture = GaussianMixture.Isotropic(tensor(new[] { -1.0, 1 }).unsqueeze(1), tensor(new[] { 0.5, 0.5 }));
var guided = GuidanceKind.All.Named("momentum").Create(new(new MixtureDenoiser(mixture)), scale: 2);
var samples = new Ddim(50).Sample(guided, ones(5000, ScalarType.Int64), seed: 7);
Console.WriteLine(FormattableString.Invariant($"mean {samples.mean().item<float>():f2} (the class: 1.00)"));

/// <summary>Classifier-free guidance whose direction is an average over the steps before.</summary>
internal sealed class MomentumGuidance(IDenoiser denoiser, double scale) : IDenoiser
{
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "momentum",
        Title = "Classifier-free guidance with momentum",
        Formula = "D(label) + (w - 1) · m, m = 0.5 · m + 0.5 · (D(label) - D(null))",
        Source = "this program",
        Make = (parts, scale) => new MomentumGuidance(parts.Denoiser, scale),
    };

    public DenoiserInfo Info => denoiser.Info;

    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        var (none, own) = denoiser.PredictBoth(x, level, label, context);
        var direction = own.Clean - none.Clean;
        // one state for every run: it is made empty, and freed with the run
        if (context?.State<Memory>(this) is { } memory)
        {
            if (memory.Average is { } before) direction = direction * 0.5 + before * 0.5;
            memory.Average?.Dispose();
            memory.Average = direction.clone().DetachFromDisposeScope();
        }
        var clean = own.Clean + direction * (scale - 1);
        return new(clean.MoveToOuterDisposeScope(), level.NoiseFrom(x, clean).MoveToOuterDisposeScope());
    }

    private sealed class Memory : IDisposable
    {
        public Tensor? Average { get; set; }

        public void Dispose() => Average?.Dispose();
    }
}
