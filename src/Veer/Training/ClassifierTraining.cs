using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>How a noisy classifier is trained.</summary>
public sealed record ClassifierOptions
{
    /// <summary>Noise schedule: "linear" or "cosine".</summary>
    [AllowedValues("linear", "cosine")]
    public string Schedule { get; init; } = "linear";

    /// <summary>Diffusion steps T.</summary>
    [Range(2, 100_000)]
    public int Timesteps { get; init; } = 1000;

    /// <summary>"linear": one layer on x and t; or "mlp": a denoiser's network without its class branch.</summary>
    [AllowedValues("linear", "mlp")]
    public string Network { get; init; } = "mlp";

    /// <summary>Size of the MLP.</summary>
    public MlpSize Size { get; init; } = new() { FourierFeatures = 0 };

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>Trains a noisy classifier on points with classes.</summary>
public static class ClassifierTraining
{
    /// <summary>Trains a classifier, or goes on with one that was stopped, and saves it.</summary>
    /// <param name="data">Points [N, D] and labels, on the device to train on.</param>
    /// <param name="options">Schedule, network and training.</param>
    /// <param name="folder">Where the model, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <exception cref="InputException">There is no such schedule or network.</exception>
    public static NetworkClassifier Fit(
        LabeledData data, ClassifierOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        var config = Shaped(options, checked((int)data.Points.shape[1]), data.Classes);
        var schedule = NoiseSchedule.Named(options.Schedule, options.Timesteps);
        var network = Create(config, RandomKey.Of(seed, "classifier weights"), data.Points.device);
        var objective = new ClassifierObjective(network, schedule, data);
        using var trainer = new Trainer(objective, options.Training, RandomKey.Of(seed, "classifier"), folder, $"{options}");
        trainer.Run(progress, warn, cancellation);
        ModelFolder.Save(folder, network, config);
        trainer.Finish();
        return new NetworkClassifier(network, schedule, data.Classes);
    }

    private static ModelConfig Shaped(ClassifierOptions options, int dimensions, int classes)
    {
        var config = new ModelConfig
        {
            Kind = "classifier",
            Classes = classes,
            Schedule = options.Schedule,
            Timesteps = options.Timesteps,
            Training = options.Training,
            ExamplesSeen = (long)options.Training.Steps * options.Training.BatchSize,
        };
        return options.Network switch
        {
            "linear" => config with { Linear = new() { Dimensions = dimensions, Outputs = classes } },
            "mlp" => config with { Network = new(options.Size) { Dimensions = dimensions, Labels = 0, Outputs = classes } },
            _ => throw new InputException("classifier", "network", $"'{options.Network}'", "'linear' or 'mlp'"),
        };
    }

    private static nn.Module<Tensor, Tensor, Tensor, Tensor> Create(ModelConfig config, RandomKey key, Device device) =>
        config.Linear is { } linear ? ModelFolder.Create(linear, device) : ModelFolder.Create(config.Network!, key, device);
}
