using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;
using Veer.Formats;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Networks;

/// <summary>What a trained network is: written beside its weights, so that a model folder explains and loads itself.</summary>
public sealed record ModelConfig
{
    /// <summary>"denoiser" or "postprocessor".</summary>
    public required string Kind { get; init; }

    /// <summary>The network's shape.</summary>
    public required ResidualMlpOptions Network { get; init; }

    /// <summary>Number of classes C.</summary>
    public required int Classes { get; init; }

    /// <summary>Probability of the null label in training; 0 for a network that knows none.</summary>
    public double LabelDropout { get; init; }

    /// <summary>A denoiser's noise schedule: "linear" or "cosine".</summary>
    public string? Schedule { get; init; }

    /// <summary>A denoiser's number of diffusion steps T.</summary>
    public int? Timesteps { get; init; }

    /// <summary>How it was trained.</summary>
    public TrainingOptions? Training { get; init; }

    /// <summary>Examples seen in training: steps times batch size.</summary>
    public long? ExamplesSeen { get; init; }
}

/// <summary>A model on disk: <c>model.safetensors</c> and <c>config.json</c>.</summary>
public static class ModelFolder
{
    private const string Weights = "model.safetensors";
    private const string Config = "config.json";

    /// <summary>The JSON of configuration files: snake_case, indented; unknown keys, and null where a value must stand, are refused.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Writes both files, the weights first: a folder with a configuration is whole.</summary>
    public static void Save(string folder, nn.Module network, ModelConfig config)
    {
        Safetensors.Write(Path.Combine(folder, Weights), StateTensors.Of(network));
        AtomicFile.WriteText(Path.Combine(folder, Config), JsonSerializer.Serialize(config, Json) + "\n");
    }

    /// <summary>Whether the folder holds a whole model.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Config)) && File.Exists(Path.Combine(folder, Weights));

    /// <summary>Reads a model; a wrong, missing, extra or misshapen tensor is an <see cref="InputException"/> that names it.</summary>
    public static (nn.Module<Tensor, Tensor, Tensor, Tensor> Network, ModelConfig Config) Load(string folder, Device? device = null)
    {
        string path = Path.Combine(folder, Config);
        if (!File.Exists(path)) throw new InputException(folder, Config, "no such file", "the folder of a trained model");
        ModelConfig config;
        try
        {
            config = JsonSerializer.Deserialize<ModelConfig>(File.ReadAllText(path), Json)
                ?? throw new InputException(path, "document", "null", "a model's configuration");
        }
        catch (JsonException fault)
        {
            throw new InputException(path, fault.Path ?? "document", fault.Message.Split('\n')[0], "a model's configuration");
        }
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(config.Network, new ValidationContext(config.Network), faults, validateAllProperties: true))
            throw new InputException(path, "network", faults[0].ErrorMessage ?? "a fault", "a network's shape");
        var network = Create(config.Network, default, device);
        using var scope = NewDisposeScope();
        string weights = Path.Combine(folder, Weights);
        StateTensors.Copy(weights, Safetensors.Read(weights).Tensors, StateTensors.Of(network));
        network.eval();
        return (network, config);
    }

    /// <summary>A fresh network of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static nn.Module<Tensor, Tensor, Tensor, Tensor> Create(ResidualMlpOptions options, RandomKey key, Device? device = null)
    {
        var network = new ResidualMlp(options, key);
        network.to(device ?? CPU);
        // torch's modules keep their parameters from the scope, but not their buffers
        foreach (var tensor in StateTensors.Of(network).Values) tensor.DetachFromDisposeScope();
        return network;
    }
}
