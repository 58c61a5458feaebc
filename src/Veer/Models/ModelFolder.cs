using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using TorchSharp;
using Veer.Formats;
using Veer.Networks;
using Veer.Runtime;
using static TorchSharp.torch;

namespace Veer.Models;

/// <summary>A model on disk: <c>model.safetensors</c> and <c>config.json</c>.</summary>
public static class ModelFolder
{
    private const string Weights = "model.safetensors";
    private const string Config = "config.json";

    // numbers of a network that is made without a thought
    private const long Little = 1 << 20;

    /// <summary>Writes both files, the weights first: a folder with a configuration is whole.</summary>
    public static void Save(string folder, nn.Module network, ModelConfig config)
    {
        Safetensors.Write(Path.Combine(folder, Weights), StateTensors.Collect(network));
        AtomicFile.WriteText(Path.Combine(folder, Config), JsonSerializer.Serialize(config, JsonPolicy.Options) + "\n");
    }

    /// <summary>Whether the folder holds a whole model.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Config)) && File.Exists(Path.Combine(folder, Weights));

    /// <summary>Reads a model; a wrong, missing, extra or misshapen tensor is an <see cref="InputException"/> that names it.</summary>
    /// <param name="folder">Holds both files.</param>
    /// <param name="device">Where to put the network; the CPU if not given.</param>
    /// <param name="precision">What the network calculates in, if it can choose.</param>
    public static (ConditionalNetwork Network, ModelConfig Config) Load(
        string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        string path = Path.Combine(folder, Config);
        if (!File.Exists(path)) throw new InputException(folder, Config, "no such file", "the folder of a trained model");
        var config = JsonInput.Deserialize<ModelConfig>(path, "a model's configuration", JsonPolicy.Options);
        Checked(config, path, "document");
        object shape = Shape(config, path);
        string weights = Path.Combine(folder, Weights);
        CheckSize(shape, path, weights);
        var network = Create(shape, default, device, precision);
        using var scope = NewDisposeScope();
        StateTensors.Copy(weights, Safetensors.Read(weights).Tensors, StateTensors.Collect(network));
        network.eval();
        return (network, config);
    }

    /// <summary>A fresh network of the shape that a configuration has; it outlives the dispose scope that it is made in.</summary>
    public static ConditionalNetwork Create(
        ModelConfig config, RandomKey key, Device? device = null, Precision precision = Precision.Float32) =>
        Create(Shape(config, config.Kind), key, device, precision);

    /// <summary>A fresh network of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static ConditionalNetwork Create(ResidualMlpOptions options, RandomKey key, Device? device = null) =>
        Create((object)options, key, device);

    /// <summary>A linear classifier of the given shape, its weights zero; it outlives the dispose scope that it is made in.</summary>
    public static ConditionalNetwork Create(LinearClassifierOptions options, Device? device = null) =>
        Create(options, default, device);

    /// <summary>A fresh UNet of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static AdmUNet Create(AdmUNetOptions options, RandomKey key, Device? device = null) =>
        (AdmUNet)Create((object)options, key, device);

    /// <summary>A fresh encoder of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static AdmEncoder Create(AdmEncoderOptions options, RandomKey key, Device? device = null) =>
        (AdmEncoder)Create((object)options, key, device);

    /// <summary>A fresh UNet of EDM of the given shape; it outlives the dispose scope that it is made in.</summary>
    public static SongUNet Create(SongUNetOptions options, RandomKey key, Device? device = null) =>
        (SongUNet)Create((object)options, key, device);

    private static ConditionalNetwork Create(
        object shape, RandomKey key, Device? device, Precision precision = Precision.Float32)
    {
        ConditionalNetwork network = shape switch
        {
            ResidualMlpOptions options => new ResidualMlp(options, key),
            LinearClassifierOptions options => new LinearClassifier(options),
            AdmUNetOptions options => new AdmUNet(options, key),
            AdmEncoderOptions options => new AdmEncoder(options, key),
            SongUNetOptions options => new SongUNet(options, key),
            _ => throw new ArgumentException($"no network has the shape {shape}", nameof(shape)),
        };
        if (network is IMixedPrecision mixed) mixed.Compute = precision;
        NativeLibraries.EnsureLoaded();
        network.to(device ?? CPU);
        // torch's modules keep their parameters from the scope, but not their buffers
        foreach (var tensor in StateTensors.Collect(network).Values) tensor.DetachFromDisposeScope();
        return network;
    }

    /// <summary>Refuses a network that its weights cannot fill, before memory is taken for it.</summary>
    private static void CheckSize(object shape, string path, string weights)
    {
        using var stream = InputFile.Open(weights, "a model's weights");
        long least = LeastParameters.Count(shape), most = stream.Length / sizeof(float);
        // a file from which a tensor is missing is told by that tensor
        if (least > 2 * most + Little) throw new InputException(path, "network", $"a shape of at least {least} numbers", $"the {most} that {Weights} can hold");
    }

    /// <summary>The one network's shape that a configuration has.</summary>
    private static object Shape(ModelConfig config, string path)
    {
        (string Field, object? Value)[] shapes =
            [("network", config.Network), ("linear", config.Linear), ("unet", config.Unet), ("song", config.Song), ("encoder", config.Encoder)];
        var given = shapes.Where(shape => shape.Value is not null).ToArray();
        if (given.Length == 1) return Checked(given[0].Value!, path, given[0].Field);
        string fields = string.Join(", ", shapes[..^1].Select(shape => $"'{shape.Field}'")) + $" or '{shapes[^1].Field}'";
        if (given.Length == 0) throw new InputException(path, "network", "none", $"a network's shape, under {fields}");
        throw new InputException(path, given[1].Field, "a second network's shape", $"{fields} alone");
    }

    private static object Checked(object shape, string path, string field)
    {
        var faults = new List<ValidationResult>();
        if (Validator.TryValidateObject(shape, new ValidationContext(shape), faults, validateAllProperties: true)) return shape;
        throw new InputException(path, field, faults[0].ErrorMessage ?? "a fault", "a network's shape");
    }
}
