using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;
using Veer.Formats;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Networks;

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
        var network = (config.Network, config.Linear) switch
        {
            ({ } mlp, null) => Create(Checked(mlp, path, "network"), default, device),
            (null, { } linear) => Create(Checked(linear, path, "linear"), device),
            (null, null) => throw new InputException(path, "network", "none", "a network's shape, under 'network' or 'linear'"),
            _ => throw new InputException(path, "linear", "a second network's shape", "'network' or 'linear' alone"),
        };
        using var scope = NewDisposeScope();
        string weights = Path.Combine(folder, Weights);
        StateTensors.Copy(weights, Safetensors.Read(weights).Tensors, StateTensors.Of(network));
        network.eval();
        return (network, config);
    }

    /// <summary>A fresh network of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static nn.Module<Tensor, Tensor, Tensor, Tensor> Create(ResidualMlpOptions options, RandomKey key, Device? device = null) =>
        Kept(new ResidualMlp(options, key), device);

    /// <summary>A linear classifier of the given shape, its weights zero; it outlives the dispose scope that it is made in.</summary>
    public static nn.Module<Tensor, Tensor, Tensor, Tensor> Create(LinearClassifierOptions options, Device? device = null) =>
        Kept(new LinearClassifier(options), device);

    private static nn.Module<Tensor, Tensor, Tensor, Tensor> Kept(nn.Module<Tensor, Tensor, Tensor, Tensor> network, Device? device)
    {
        network.to(device ?? CPU);
        // torch's modules keep their parameters from the scope, but not their buffers
        foreach (var tensor in StateTensors.Of(network).Values) tensor.DetachFromDisposeScope();
        return network;
    }

    private static T Checked<T>(T shape, string path, string field)
        where T : notnull
    {
        var faults = new List<ValidationResult>();
        if (Validator.TryValidateObject(shape, new ValidationContext(shape), faults, validateAllProperties: true)) return shape;
        throw new InputException(path, field, faults[0].ErrorMessage ?? "a fault", "a network's shape");
    }
}
