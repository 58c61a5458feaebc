using Veer;
using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Postprocessing;
using Veer.Sampling;
using static TorchSharp.torch;

// not below Veer, whose namespaces would be found without being named
namespace Programs;

/// <summary>The README's program, compiled: ReadmeTests holds the two together.</summary>
internal static class ReadmeProgram
{
    public static Tensor Run()
    {
        // begin
        using var data = Fractal.Mixture();                                 // closed form: the oracle
        IDenoiser model = new MixtureDenoiser(data);                        // or Model.Load("runs/fractal-quick/models/base")
        IDenoiser guided = new ClassifierFreeGuidance(model, scale: 3);     // guidance is a decorator
        var labels = zeros(2000, ScalarType.Int64);                         // of class 0
        var samples = new Ddim(50).Sample(guided, labels, seed: 7);
        var real = data.Sample(labels, RandomKey.From(0, "real"));
        using var repair = Postprocessor.Fit(samples, real, new());         // a rectified flow to the real points
        var better = repair.Apply(samples).Samples;                         // 4 network evaluations
        // end
        return better;
    }
}
