using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;

namespace Veer.Models;

/// <summary>How a noisy classifier is trained.</summary>
public sealed record ClassifierOptions
{
    /// <summary>Noise schedule: "linear" or "cosine".</summary>
    [AllowedValues("linear", "cosine")]
    public string Schedule { get; init; } = "linear";

    /// <summary>Diffusion steps T.</summary>
    [Range(2, 100_000)]
    public int Timesteps { get; init; } = 1000;

    /// <summary>
    /// "linear": one layer on x and t; "mlp": a denoiser's network without its class branch; or "encoder": the way down of a UNet, for images.
    /// </summary>
    [AllowedValues("linear", "mlp", "encoder")]
    public string Network { get; init; } = "mlp";

    /// <summary>Size of the MLP.</summary>
    public MlpSize Size { get; init; } = new() { FourierFeatures = 0 };

    /// <summary>Size of the encoder.</summary>
    public AdmSize? Encoder { get; init; }

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Refuses a network that no classifier of such points can have.</summary>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="file">Where the settings stand.</param>
    /// <param name="prefix">What stands before each key, as "classifiers.linear.".</param>
    /// <exception cref="InputException">One line that names the key.</exception>
    public void Validate(ReadOnlySpan<long> point, string file = "classifier", string prefix = "")
    {
        if ((Network, point.Length) is ("linear", _) or ("mlp", 1) or ("encoder", 3)) return;
        throw new InputException(
            file, $"{prefix}network", $"'{Network}' for points [{string.Join(", ", point.ToArray())}]", "'linear', 'mlp' for vectors, 'encoder' for images");
    }
}

/// <summary>Trains a noisy classifier on points with classes.</summary>
public static class ClassifierTraining
{
    /// <summary>Trains a classifier, or goes on with one that was stopped, and saves it.</summary>
    /// <param name="data">Points [N, D] or [N, C, H, W] and labels, on the device to train on.</param>
    /// <param name="options">Schedule, network and training.</param>
    /// <param name="folder">Where the model, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="precision">What an encoder calculates in.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <exception cref="InputException">There is no such schedule or network, or it does not fit the points.</exception>
    public static NetworkClassifier Fit(
        LabeledData data, ClassifierOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, Precision precision = Precision.Float32, CancellationToken cancellation = default)
    {
        options.Validate(data.Points.shape.AsSpan(1));
        var config = Shaped(options, data.Points.shape[1..], data.Classes);
        var schedule = NoiseSchedule.Named(options.Schedule, options.Timesteps);
        var network = ModelFolder.Create(config, RandomKey.From(seed, "classifier weights"), data.Points.device, precision);
        var objective = new ClassifierObjective(network, schedule, data);
        using var trainer = new Trainer(objective, options.Training, RandomKey.From(seed, "classifier"), folder, ContentKey.Compute(new { options, precision }, data.Key()));
        trainer.Run(progress, warn, cancellation);
        ModelFolder.Save(folder, network, config);
        trainer.Finish();
        return new NetworkClassifier(network, schedule, data.Classes);
    }

    private static ModelConfig Shaped(ClassifierOptions options, long[] point, int classes)
    {
        var config = new ModelConfig
        {
            Kind = "classifier",
            Classes = classes,
            Shape = point,
            Schedule = options.Schedule,
            Timesteps = options.Timesteps,
            Training = options.Training,
            ExamplesSeen = (long)options.Training.Steps * options.Training.BatchSize,
        };
        int dimensions = checked((int)point.Aggregate(1L, (product, side) => product * side));
        return options.Network switch
        {
            "linear" => config with { Linear = new() { Dimensions = dimensions, Outputs = classes } },
            "mlp" => config with { Network = new(options.Size) { Dimensions = dimensions, Labels = 0, Outputs = classes } },
            _ => config with { Encoder = new(options.Encoder ?? new()) { ImageChannels = checked((int)point[0]), Outputs = classes } },
        };
    }
}
