using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;

namespace Veer.Models;

/// <summary>How a conditional generator is trained.</summary>
public sealed record DenoiserOptions
{
    /// <summary>
    /// "ddpm", if not given; "flow": a rectified flow from noise to data; "edm" (Karras et al., arXiv 2206.00364). The last two have no
    /// schedule and no timesteps.
    /// </summary>
    [AllowedValues(DdpmDenoiser.Family, FlowDenoiser.Family, EdmDenoiser.Family)]
    public string? Family { get; init; }

    /// <summary>Noise schedule: "linear" or "cosine".</summary>
    [AllowedValues("linear", "cosine")]
    public string Schedule { get; init; } = "linear";

    /// <summary>Diffusion steps T.</summary>
    [Range(2, 100_000)]
    public int Timesteps { get; init; } = 1000;

    /// <summary>Probability of the null label in training; 0 trains a model that classifier-free guidance cannot use.</summary>
    [Range(0.0, 1.0)]
    public double LabelDropout { get; init; } = 0.1;

    /// <summary>Size of the network, for vectors.</summary>
    public MlpSize Network { get; init; } = new();

    /// <summary>Size of the network, for images.</summary>
    public AdmSize? Unet { get; init; }

    /// <summary>edm: size of its UNet.</summary>
    public SongSize? Song { get; init; }

    /// <summary>edm: what is done to training images, if anything; the network is told of it by nine numbers.</summary>
    public EdmAugmentation? Augmentation { get; init; }

    /// <summary>Whether training images are mirrored half of the time.</summary>
    public bool? HorizontalFlips { get; init; }

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Whether it has a schedule and timesteps.</summary>
    public bool HasTimesteps() => Family is null or DdpmDenoiser.Family;

    /// <summary>Whether its network predicts the velocity of a straight way from noise to data, as a postprocessor's from samples to data.</summary>
    public bool IsRectifiedFlow() => Family == FlowDenoiser.Family;

    /// <summary>What it is trained to undo.</summary>
    public NoisingProcess Process() => Family switch
    {
        FlowDenoiser.Family => new ContinuousProcess(new LinearPath()),
        EdmDenoiser.Family => new ContinuousProcess(new VarianceExplodingPath()),
        _ => new DiscreteProcess(NoiseSchedule.Named(Schedule, Timesteps)),
    };

    /// <summary>Refuses settings that no generator of such points can have.</summary>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="file">Where the settings stand.</param>
    /// <param name="prefix">What stands before each key, as "denoisers.base.".</param>
    /// <exception cref="InputException">One line that names the key.</exception>
    public void Validate(ReadOnlySpan<long> point, string file = "denoiser", string prefix = "")
    {
        bool edm = Family == EdmDenoiser.Family;
        if (HorizontalFlips == true && point.Length != 3) throw Fault("horizontal_flips", "true", "false: the points are no images");
        if (edm != Song is not null) throw Fault("song", edm ? "nothing" : "a UNet of EDM", edm ? "the size of its UNet" : "none, or family: edm");
        if (Augmentation is not null && Song?.AugmentInputs != EdmAugmentation.Conditions)
            throw Fault("song.augment_inputs", $"{Song?.AugmentInputs ?? 0}", $"{EdmAugmentation.Conditions}, or no augmentation");

        InputException Fault(string field, string found, string expected) => new(file, prefix + field, found, expected);
    }
}

/// <summary>Trains a conditional generator on points with classes.</summary>
public static class DenoiserTraining
{
    /// <summary>Trains a denoiser, or goes on with one that was stopped, and saves it.</summary>
    /// <param name="data">Points [N, D] or [N, C, H, W] and labels, on the device to train on.</param>
    /// <param name="options">Schedule, network and training.</param>
    /// <param name="folder">Where the model, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="precision">What a UNet calculates in.</param>
    /// <param name="preview">Given the denoiser with its averaged weights, the events file and the step, now and then.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <exception cref="InputException">The network does not fit the points.</exception>
    public static NetworkDenoiser Fit(
        LabeledData data, DenoiserOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, Precision precision = Precision.Float32,
        Action<NetworkDenoiser, EventLog, long>? preview = null, CancellationToken cancellation = default)
    {
        options.Validate(data.Points.shape.AsSpan(1));
        var config = new ModelConfig
        {
            Kind = "denoiser",
            Classes = data.Classes,
            LabelDropout = options.LabelDropout,
            Family = options.Family,
            SigmaData = options.Family == EdmDenoiser.Family ? new EdmPreconditioning().SigmaData : null,
            Schedule = options.HasTimesteps() ? options.Schedule : null,
            Timesteps = options.HasTimesteps() ? options.Timesteps : null,
            Training = options.Training,
            ExamplesSeen = (long)options.Training.Steps * options.Training.BatchSize,
        };
        config = options.Song is { } song
            ? config.WithNetwork(song, data.Points.shape[1..])
            : config.WithNetwork(options.Network, options.Unet, data.Points.shape[1..], data.Classes + 1);
        var network = ModelFolder.Create(config, RandomKey.From(seed, "denoiser weights"), data.Points.device, precision);
        var denoiser = DenoiserFamilies.Create(network, config);
        var objective = Objective(network, denoiser, data, options);
        using var trainer = new Trainer(objective, options.Training, RandomKey.From(seed, "denoiser"), folder, ContentKey.Compute(new { options, precision }, data.Key()))
        {
            Preview = preview is null ? null : (events, step) => preview(denoiser, events, step),
        };
        trainer.Run(progress, warn, cancellation);
        ModelFolder.Save(folder, network, config);
        trainer.Finish();
        return denoiser;
    }

    private static IObjective Objective(
        ConditionalNetwork network, NetworkDenoiser denoiser, LabeledData data, DenoiserOptions options)
    {
        double dropout = options.LabelDropout;
        bool flips = options.HorizontalFlips ?? false;
        return denoiser switch
        {
            DdpmDenoiser ddpm => new DenoisingObjective(network, ddpm.Schedule, data, dropout, flips),
            EdmDenoiser edm => new EdmObjective(network, data, dropout, options.Augmentation, flips) { Preconditioning = edm.Preconditioning },
            _ => new RectifiedFlowObjective(network, data, dropout, flips),
        };
    }
}
