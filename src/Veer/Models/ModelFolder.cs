using System.ComponentModel.DataAnnotations;
using TorchSharp;
using Veer.Formats;
using Veer.Networks;
using Veer.Runtime;

namespace Veer.Models;

/// <summary>A model on disk: <c>model.safetensors</c> and <c>config.json</c>.</summary>
public static class ModelFolder
{
    private const string Weights = "model.safetensors";
    private const string Config = "config.json";

    // numbers of a network that is made without a thought
    private const long Little = 1 << 20;

    /// <summary>Writes both files, the weights first and an earlier configuration away before them: a folder with a configuration is whole.</summary>
    /// <exception cref="ArgumentException">The configuration's network is of no registered kind (<see cref="NetworkKinds"/>).</exception>
    public static void Save(string folder, nn.Module network, ModelConfig config)
    {
        if (config.Network is { } shape) NetworkKinds.FieldOf(shape);
        if (Directory.Exists(folder)) File.Delete(Path.Combine(folder, Config));
        Safetensors.Write(Path.Combine(folder, Weights), StateTensors.Collect(network));
        AtomicFile.WriteText(Path.Combine(folder, Config), config.ToJson() + "\n");
    }

    /// <summary>Whether the folder holds a whole model.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Config)) && File.Exists(Path.Combine(folder, Weights));

    /// <summary>Reads a model; a wrong, missing, extra or misshapen tensor is an <see cref="InputException"/> that names it.</summary>
    /// <param name="folder">Holds both files.</param>
    /// <param name="device">Where to put the network; the CPU if not given.</param>
    /// <param name="precision">Compute dtype of the network, if it can choose.</param>
    /// <returns>The network belongs to the caller, whatever dispose scope is open.</returns>
    public static (ConditionalNetwork Network, ModelConfig Config) Load(
        string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var config = ReadConfig(folder);
        string path = Path.Combine(folder, Config);
        var shape = config.Network ?? throw new InputException(path, "network", "none", $"a network's shape, under {NetworkKinds.Fields}");
        Check(shape, path, NetworkKinds.FieldOf(shape));
        config.CheckLabels(path);
        string weights = Path.Combine(folder, Weights);
        CheckSize(shape, path, weights);
        return Create(shape, default, device, precision).OrDispose(network =>
        {
            using var scope = NewDisposeScope();
            var read = Safetensors.Read(weights).Tensors;
            StateTensors.Copy(weights, read, StateTensors.Collect(network));
            StateTensors.RequireFinite(weights, read);
            network.eval();
            return (network, config);
        });
    }

    /// <summary>What a model is, without its weights.</summary>
    /// <exception cref="InputException">The folder holds no configuration, or a broken one.</exception>
    internal static ModelConfig ReadConfig(string folder)
    {
        string path = Path.Combine(folder, Config);
        if (!File.Exists(path)) throw new InputException(folder, Config, "no such file", "the folder of a trained model");
        var config = JsonInput.Deserialize<ModelConfig>(path, "a model's configuration", NetworkKinds.Json);
        Check(config, path, "document");
        return config;
    }

    /// <summary>A fresh network of the shape that a configuration has; it outlives the dispose scope that it is made in.</summary>
    /// <exception cref="InputException">The configuration has none, or the shape is one that no network can have.</exception>
    public static ConditionalNetwork Create(
        ModelConfig config, RandomKey key, Device? device = null, Precision precision = Precision.Float32)
    {
        var shape = config.Network ?? throw new InputException(config.Kind, "network", "none", "a network's shape");
        Check(shape, config.Kind, NetworkKinds.Find(shape) ?? "network");
        return Create(shape, key, device, precision);
    }

    /// <summary>A fresh network of the given shape; it outlives the dispose scope that it is made in.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="key">Where the initial weights come from.</param>
    /// <param name="device">Where to put the network; the CPU if not given.</param>
    /// <param name="precision">Compute dtype of the network, if it can choose.</param>
    public static ConditionalNetwork Create(
        INetworkOptions shape, RandomKey key, Device? device = null, Precision precision = Precision.Float32)
    {
        NativeLibraries.EnsureLoaded();
        var network = shape.Create(key);
        if (network is IMixedPrecision mixed) mixed.Compute = precision;
        network.to(device ?? CPU);
        // torch's modules keep their parameters from the scope, but not their buffers
        foreach (var tensor in StateTensors.Collect(network).Values) tensor.DetachFromDisposeScope();
        return network;
    }

    /// <summary>Refuses a network that its weights cannot fill, before memory is taken for it.</summary>
    private static void CheckSize(INetworkOptions shape, string path, string weights)
    {
        using var stream = InputFile.Open(weights, "a model's weights");
        long least = shape.LeastParameters(), most = stream.Length / sizeof(float);
        // a file from which a tensor is missing is told by that tensor
        if (least > 2 * most + Little) throw new InputException(path, "network", $"a shape of at least {least} numbers", $"the {most} that {Weights} can hold");
    }

    private static void Check(object settings, string path, string field)
    {
        var faults = new List<ValidationResult>();
        if (Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true)) return;
        throw new InputException(path, field, faults[0].ErrorMessage ?? "a fault", "a network's shape");
    }
}
