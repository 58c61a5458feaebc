using System.Text;
using System.Text.Json;
using Veer.Formats;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>One case of the golden numbers of guided-diffusion's networks: its shape, its weights, what goes in and what comes out.</summary>
internal sealed class AdmCase
{
    private static readonly JsonElement Index = GoldenFile.Json("adm_cases.json");

    private readonly JsonElement entry;

    public AdmCase(string name)
    {
        entry = Index.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        Numbers = GoldenFile.Load($"{name}_io.safetensors");
    }

    public static IEnumerable<string> Names => Index.GetProperty("cases").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!);

    /// <summary>Inputs, the answer, gradients.</summary>
    public Dictionary<string, Tensor> Numbers { get; }

    public string[] ParameterNames => Texts("grad_l2_order");

    public string[] GradientsStored => Texts("grads_stored");

    public string[] ZeroGradients => Texts("zero_gradient_params");

    public double OutputTolerance => Tolerance("out_max_abs_over_max_abs");

    public double GradientTolerance => Tolerance("grad_param_rel_l2");

    public double InputGradientTolerance => Tolerance("grad_x_max_abs_over_max_abs");

    public AdmUNetOptions UNetOptions => UNet(entry.GetProperty("config"));

    /// <summary>A network of the case's shape and weights, told times in steps.</summary>
    public ConditionalNetwork Network()
    {
        var config = entry.GetProperty("config");
        ConditionalNetwork network = entry.GetProperty("class").GetString() == "UNetModel"
            ? new AdmUNet(UNetOptions, new(1))
            : new AdmEncoder(Encoder(config), new(1));
        var weights = Weights();
        using var quiet = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (weights is not null) parameter.copy_(weights[name]);
            else Fill(parameter, name, entry.GetProperty("weights").GetProperty("base_seed").GetUInt64());
        }
        network.eval();
        return network;
    }

    /// <summary>The weights as stored; null where they come from the recipe.</summary>
    public Dictionary<string, Tensor>? Weights()
    {
        if (entry.GetProperty("weights").ValueKind != JsonValueKind.String) return null;
        return Texts("files")[1..].SelectMany(GoldenFile.Load).ToDictionary();
    }

    public static AdmUNetOptions UNet(JsonElement config) => new(Size(config))
    {
        ImageChannels = config.GetProperty("in_channels").GetInt32(),
        Outputs = config.GetProperty("out_channels").GetInt32(),
        Labels = config.GetProperty("num_classes") is { ValueKind: JsonValueKind.Number } classes ? classes.GetInt32() : 0,
        NewAttentionOrder = config.GetProperty("use_new_attention_order").GetBoolean(),
    };

    /// <summary>SplitMix64 of the parameter's name: what the file of the cases says of its weights.</summary>
    public static void Fill(Tensor parameter, string name, ulong seed)
    {
        const ulong Offset = 0xcbf29ce484222325, Prime = 0x100000001b3, Golden = 0x9E3779B97F4A7C15;
        ulong state = Encoding.UTF8.GetBytes(name).Aggregate(Offset, (hash, value) => unchecked((hash ^ value) * Prime)) ^ seed;
        long fanIn = parameter.numel() / parameter.shape[0];
        var (centre, spread) = name.StartsWith("label_emb", StringComparison.Ordinal) ? (0, 1)
            : parameter.Dimensions >= 2 ? (0, Math.Sqrt(3.0 / fanIn))
            : name.EndsWith("weight", StringComparison.Ordinal) ? (1, 0.2)
            : (0.0, 0.1);
        float[] values = new float[parameter.numel()];
        for (int i = 0; i < values.Length; i++)
        {
            ulong z = unchecked(state += Golden);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            double uniform = ((z ^ (z >> 31)) >> 40) / (double)(1 << 23) - 1;
            values[i] = (float)(centre + spread * uniform);
        }
        parameter.bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());
    }

    private static AdmEncoderOptions Encoder(JsonElement config) => new(Size(config))
    {
        ImageChannels = config.GetProperty("in_channels").GetInt32(),
        Outputs = config.GetProperty("out_channels").GetInt32(),
    };

    private static AdmSize Size(JsonElement config) => new()
    {
        Channels = config.GetProperty("model_channels").GetInt32(),
        ChannelMultipliers = List(config, "channel_mult"),
        ResidualBlocks = config.GetProperty("num_res_blocks").GetInt32(),
        AttentionAt = List(config, "attention_resolutions"),
        Heads = config.GetProperty("num_heads").GetInt32(),
        HeadChannels = config.GetProperty("num_head_channels").GetInt32() is > 0 and int channels ? channels : null,
        Dropout = config.GetProperty("dropout").GetDouble(),
        ScaleShiftNorm = config.GetProperty("use_scale_shift_norm").GetBoolean(),
        ResampleInBlocks = config.GetProperty("resblock_updown").GetBoolean(),
        TimeScale = 1,
    };

    private static Factors List(JsonElement config, string name) => [.. config.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];

    private string[] Texts(string name) => [.. entry.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private double Tolerance(string name) => entry.GetProperty("tolerance").GetProperty(name).GetDouble();
}
