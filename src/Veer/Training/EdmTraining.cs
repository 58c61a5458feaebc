using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Native;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// How a conditional EDM is trained (Karras et al., arXiv 2206.00364). The defaults are those of EDM on CIFAR-10, with label dropout.
/// </summary>
public sealed record EdmOptions
{
    /// <summary>Standard deviation of the data.</summary>
    [Range(1e-3, 1e3)]
    public double SigmaData { get; init; } = new EdmPreconditioning().SigmaData;

    /// <summary>P_mean, the mean of ln(sigma) in training.</summary>
    [Range(-20.0, 20.0)]
    public double LogSigmaMean { get; init; } = -1.2;

    /// <summary>P_std, the standard deviation of ln(sigma) in training.</summary>
    [Range(1e-3, 20.0)]
    public double LogSigmaDeviation { get; init; } = 1.2;

    /// <summary>Probability of the null label in training; 0 trains a model that classifier-free guidance cannot use.</summary>
    [Range(0.0, 1.0)]
    public double LabelDropout { get; init; } = 0.1;

    /// <summary>What is done to the images, if anything; the network must be told of it by nine numbers.</summary>
    public EdmAugmentation? Augmentation { get; init; }

    /// <summary>Size of the network.</summary>
    public SongSize Song { get; init; } = new();

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>Trains a conditional EDM on images with classes.</summary>
public static class EdmTraining
{
    /// <summary>Trains a denoiser, or goes on with one that was stopped, and saves it.</summary>
    /// <param name="data">Images [N, C, S, S] and labels, on the device to train on.</param>
    /// <param name="options">Noise levels, network and training.</param>
    /// <param name="folder">Where the model, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="precision">What the UNet calculates in.</param>
    /// <param name="preview">Given the denoiser with its averaged weights, the events file and the step, now and then.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <exception cref="InputException">The network does not fit the images or their augmentation.</exception>
    public static EdmDenoiser Fit(
        LabeledData data, EdmOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, Precision precision = Precision.Float32,
        Action<EdmDenoiser, EventLog, long>? preview = null, CancellationToken cancellation = default)
    {
        if (options is { Augmentation: not null, Song.AugmentInputs: not EdmAugmentation.Conditions })
        {
            string expected = $"{EdmAugmentation.Conditions}, or no augmentation";
            throw new InputException("denoiser", "song.augment_inputs", $"{options.Song.AugmentInputs}", expected);
        }
        var config = new ModelConfig
        {
            Kind = "denoiser",
            Classes = data.Classes,
            LabelDropout = options.LabelDropout,
            SigmaData = options.SigmaData,
            Training = options.Training,
            ExamplesSeen = (long)options.Training.Steps * options.Training.BatchSize,
        }.WithNetwork(options.Song, data.Points.shape[1..]);
        var network = ModelFolder.Create(config, RandomKey.Of(seed, "denoiser weights"), data.Points.device, precision);
        var denoiser = (EdmDenoiser)NetworkDenoiser.Of(network, config);
        var objective = new EdmObjective(network, data, options.LabelDropout, options.Augmentation)
        {
            Preconditioning = denoiser.Preconditioning,
            LogSigmaMean = options.LogSigmaMean,
            LogSigmaDeviation = options.LogSigmaDeviation,
        };
        using var trainer = new Trainer(objective, options.Training, RandomKey.Of(seed, "denoiser"), folder, $"{options} {precision}")
        {
            Preview = preview is null ? null : (events, step) => preview(denoiser, events, step),
        };
        trainer.Run(progress, warn, cancellation);
        ModelFolder.Save(folder, network, config);
        trainer.Finish();
        return denoiser;
    }
}
