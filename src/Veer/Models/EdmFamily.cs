using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>Denoisers with EDM's preconditioning (<see cref="EdmDenoiser"/>).</summary>
internal sealed class EdmFamily : DenoiserFamily
{
    public override string Name => EdmDenoiser.Family;
    public override string Title => "EDM (Karras et al., arXiv 2206.00364)";
    public override string Predicts => "F of D(x; sigma) = c_skip x + c_out F(c_in x; c_noise), the clean sample of x = x_0 + sigma eps";

    public override NoisingProcess Process(DenoiserOptions options) => new ContinuousProcess(new VarianceExplodingPath());

    public override INetworkOptions Network(DenoiserOptions options, long[] point, int classes)
    {
        var song = options.Song!;
        if (point.Length != 3 || point[1] != point[2] || point[1] % song.Divisor != 0)
            throw new InputException("denoiser", "song", $"points [{string.Join(", ", point)}]", $"square images [C, H, W] with a height that {song.Divisor} divides");
        // the null label needs no row
        return new SongUNetOptions(song) { ImageChannels = checked((int)point[0]), Resolution = checked((int)point[1]), Classes = classes };
    }

    internal override void Validate(DenoiserOptions options, Func<string, string, string, InputException> fault)
    {
        if (options.Song is null) throw fault("song", "nothing", "the size of its UNet");
    }

    public override ModelConfig Describe(ModelConfig config, DenoiserOptions options) =>
        config with { SigmaData = new EdmPreconditioning().SigmaData };

    public override NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config, string file)
    {
        if (config.SigmaData is not > 0)
        {
            string found = config.SigmaData is { } number ? FormattableString.Invariant($"{number}") : "none";
            throw new InputException(file, "sigma_data", found, "the data's standard deviation, above 0: an EDM denoiser has one");
        }
        if (config.Network is SongUNetOptions { Classes: > 0 } song && song.Classes != config.Classes)
            throw new InputException(file, "song.classes", $"{song.Classes}", $"{config.Classes}, the model's classes, or 0");
        return new EdmDenoiser(network, config.Classes, config.LabelDropout, Preconditioning(config)) { SampleShape = config.PointShape() };
    }

    public override IObjective Objective(ConditionalNetwork network, ModelConfig config, LabeledData data, DenoiserOptions options) =>
        new EdmObjective(network, data, options.LabelDropout, options.Augmentation, options.HorizontalFlips ?? false) { Preconditioning = Preconditioning(config) };

    private static EdmPreconditioning Preconditioning(ModelConfig config) => new() { SigmaData = config.SigmaData!.Value };
}
