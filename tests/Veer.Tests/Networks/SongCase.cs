using System.Text.Json;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>One case of the golden numbers of EDM's networks: its shape, its weights, what goes in and what comes out.</summary>
internal sealed class SongCase
{
    private readonly JsonElement entry;

    public SongCase(string name)
    {
        entry = Index.GetProperty("nets").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        Numbers = GoldenFile.Load($"{name}_io.safetensors");
    }

    public static JsonElement Index { get; } = GoldenFile.Json("edm.json");

    /// <summary>Inputs, the answers, gradients.</summary>
    public Dictionary<string, Tensor> Numbers { get; }

    public SongUNetOptions Options => Shape(entry.GetProperty("config"));

    public string[] ParameterNames => Texts("grad_l2_order");

    public string[] GradientsStored => Texts("grads_stored");

    public string[] ZeroGradients => Texts("zero_gradient_params");

    public double OutputTolerance => entry.GetProperty("tolerance").GetProperty("out").GetDouble();

    public double GradientTolerance => entry.GetProperty("tolerance").GetProperty("grad").GetDouble();

    /// <summary>[B] int64; none is the number of classes.</summary>
    public Tensor Labels => tensor(entry.GetProperty("labels").EnumerateArray()
        .Select(label => label.ValueKind == JsonValueKind.Null ? Options.Classes : label.GetInt64()).ToArray());

    public Tensor NoLabels => full_like(Labels, Options.Classes);

    /// <summary>The weights as stored, with the filters of the reference; null where they come from the recipe.</summary>
    public Dictionary<string, Tensor>? Weights() =>
        entry.GetProperty("weights").ValueKind == JsonValueKind.String ? GoldenFile.Load(Texts("files")[1]) : null;

    /// <summary>A network of the case's shape and weights.</summary>
    public SongUNet Network()
    {
        var network = new SongUNet(Options, new(1));
        var weights = Weights();
        using var quiet = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (weights is not null) parameter.copy_(weights[name]);
            else AdmCase.Fill(parameter, name, entry.GetProperty("weights").GetProperty("base_seed").GetUInt64());
        }
        network.eval();
        return network;
    }

    /// <summary>D(x; sigma), each sample at a sigma of its own.</summary>
    public Tensor Denoised(SongUNet network, Tensor labels, Tensor? augmentation = null)
    {
        var (x, sigma) = (Numbers["x"], Numbers["sigma"].reshape(-1, 1, 1, 1));
        var (skip, output, input, told) = new EdmPreconditioning().At(sigma);
        return skip * x + output * network.forward(input * x, told.flatten(), labels, augmentation);
    }

    public static SongUNetOptions Shape(JsonElement config) => new()
    {
        ImageChannels = config.GetProperty("img_channels").GetInt32(),
        Resolution = config.GetProperty("img_resolution").GetInt32(),
        Classes = config.GetProperty("label_dim").GetInt32(),
        AugmentInputs = config.TryGetProperty("augment_dim", out var inputs) ? inputs.GetInt32() : 0,
        Channels = config.GetProperty("model_channels").GetInt32(),
        ChannelMultipliers = List(config, "channel_mult"),
        ResidualBlocks = config.TryGetProperty("num_blocks", out var blocks) ? blocks.GetInt32() : 4,
        AttentionResolutions = config.TryGetProperty("attn_resolutions", out _) ? List(config, "attn_resolutions") : [16],
        Dropout = config.GetProperty("dropout").GetDouble(),
    };

    private static Factors List(JsonElement config, string name) => [.. config.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];

    private string[] Texts(string name) => [.. entry.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
}
