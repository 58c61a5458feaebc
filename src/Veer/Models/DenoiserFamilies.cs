using Veer.Diffusion;
using Veer.Networks;

namespace Veer.Models;

/// <summary>The families of denoisers, by what a configuration says of them.</summary>
internal static class DenoiserFamilies
{
    /// <summary>The denoiser that a configuration describes.</summary>
    public static NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config)
    {
        var (classes, dropout, shape) = (config.Classes, config.LabelDropout, config.PointShape());
        if (config.SigmaData is { } deviation) return new EdmDenoiser(network, classes, dropout, new() { SigmaData = deviation }) { SampleShape = shape };
        if (config.Family == FlowDenoiser.Family) return new FlowDenoiser(network, classes, dropout) { SampleShape = shape };
        return new DdpmDenoiser(network, config.Process(), classes, dropout) { SampleShape = shape };
    }
}
