using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>What a trained network is: written beside its weights, so that a model folder explains and loads itself.</summary>
public sealed record ModelConfig
{
    // tables as long as this are held in memory
    private const int MostTimesteps = 1_000_000;

    private INetworkOptions? network;

    /// <summary>"denoiser", "classifier" or "postprocessor".</summary>
    public required string Kind { get; init; }

    /// <summary>The network's shape; in the file it stands under the field of its kind (<see cref="NetworkKinds"/>).</summary>
    [JsonIgnore]
    public INetworkOptions? Network
    {
        get => network;
        init => network = value;
    }

    /// <summary>The shape of a point: [D], or [C, H, W] of an image.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>The unit that a postprocessor's network sees vectors in; null: their own.</summary>
    public Standardisation? Standardisation { get; init; }

    /// <summary>Whether a postprocessor's network knows the way to the end alone, which one step of Euler takes; null: no.</summary>
    public bool? OneStep { get; init; }

    /// <summary>Number of classes; where labels tell scales too, of classes and scales.</summary>
    [Range(1, 1 << 24)]
    public required int Classes { get; init; }

    /// <summary>Number of classes of the points, whatever labels tell beside them.</summary>
    internal int PointClasses => Classes / (Scales?.Count ?? 1);

    /// <summary>Names of the classes, in the order of their labels; null: they have none.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The guidance scales, two or more and rising, that a postprocessor's labels tell beside the class of a sample: class + s · C at the s-th; null: they are classes alone.</summary>
    public IReadOnlyList<double>? Scales { get; init; }

    /// <summary>Probability of the null label in training; 0 for a network that knows none.</summary>
    [Range(0.0, 1.0)]
    public double LabelDropout { get; init; }

    /// <summary>A denoiser's family (<see cref="DenoiserFamilies"/>), which says what its network predicts; "ddpm", if not given.</summary>
    public string? Family { get; init; }

    /// <summary>A denoiser's or classifier's noise schedule: "linear" or "cosine".</summary>
    public string? Schedule { get; init; }

    /// <summary>A denoiser's or classifier's number of diffusion steps T.</summary>
    [Range(1, MostTimesteps)]
    public int? Timesteps { get; init; }

    /// <summary>
    /// The standard deviation of the data that an EDM denoiser's preconditioning knows; null: it is none, but one of a noise schedule.
    /// </summary>
    public double? SigmaData { get; init; }

    /// <summary>How it was trained.</summary>
    public TrainingOptions? Training { get; init; }

    /// <summary>Examples seen in training: steps times batch size.</summary>
    public long? ExamplesSeen { get; init; }

    /// <summary>What the file holds.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, NetworkKinds.Json);

    /// <summary>Takes the shape that a file holds.</summary>
    /// <exception cref="JsonException">It is the second one.</exception>
    internal void Take(INetworkOptions? shape)
    {
        if (shape is null) return;
        if (network is not null) throw new JsonException($"a second network's shape, beside '{NetworkKinds.FieldOf(network)}'");
        network = shape;
    }

    /// <summary>The configuration with a record of how its network is trained.</summary>
    internal ModelConfig TrainedBy(TrainingOptions training) =>
        this with { Training = training, ExamplesSeen = (long)training.Steps * training.BatchSize };

    /// <summary>
    /// Holds the scales that labels tell, the names of the classes and, where they are known, the labels of the network against the number of classes: those of a
    /// postprocessor's network are as many, those of a denoiser's at least.
    /// </summary>
    /// <param name="file">What holds them.</param>
    internal void CheckLabels(string file)
    {
        if (Scales is { } scales && (scales.Count < 2 || Classes % scales.Count != 0 || !scales.All(double.IsFinite) || scales.Zip(scales.Skip(1)).Any(pair => pair.First >= pair.Second)))
            throw new InputException(file, "scales", $"[{string.Join(", ", scales.Select(scale => scale.ToString(CultureInfo.InvariantCulture)))}]", $"two or more, rising, of as many of the {Classes} labels each");
        if (ClassNames is { } names && (names.Count != PointClasses || names.Distinct().Count() != PointClasses))
            throw new InputException(file, "class names", Listed.First(names), $"{PointClasses} that differ, one for each class");
        int labels = Network switch { ResidualMlpOptions mlp => mlp.Labels, AdmUNetOptions unet => unet.Labels, _ => 0 };
        if (labels > 0 && (labels < Classes || (Kind == "postprocessor" && labels != Classes)))
            throw new InputException(file, "classes", FormattableString.Invariant($"{Classes}"), FormattableString.Invariant($"{labels}, the labels of its network"));
    }

    /// <summary>The forward process of a denoiser or classifier.</summary>
    /// <exception cref="InputException">There is no such schedule, or none of so few steps.</exception>
    internal NoiseSchedule CreateSchedule()
    {
        var (kind, steps) = (ScheduleKind.All.Named(Schedule ?? "linear"), Timesteps ?? 1000);
        return steps >= kind.LeastSteps ? kind.Make(steps) : throw new InputException(Kind, "timesteps", $"{steps}", $"{kind.LeastSteps} or more, as the schedule {kind.Name} asks");
    }

    /// <summary>The shape of a point, which older configurations say by the network alone.</summary>
    internal long[] PointShape() => Shape is not null ? [.. Shape] : Network is ResidualMlpOptions mlp ? [mlp.Dimensions] : [];
}
