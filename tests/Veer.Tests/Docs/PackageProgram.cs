using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using static TorchSharp.torch;

// not below Veer, whose namespaces would be found without being named
namespace Programs;

/// <summary>The program of the package's own page (src/Veer/README.md), compiled: ReadmeTests holds the two together.</summary>
internal static class PackageProgram
{
    public static void Run()
    {
        // begin
        using var data = Fractal.Mixture();                                          // a Gaussian mixture with two classes
        using var labels = tensor(new long[] { 0, 0, 1, 1 });
        IDenoiser guided = new ClassifierFreeGuidance(new MixtureDenoiser(data), scale: 3);
        using var samples = new Ddim(50).Sample(guided, labels, seed: 7);
        Console.WriteLine(string.Join(" ", samples.data<float>()));              // four points in the plane
        // end
    }
}
