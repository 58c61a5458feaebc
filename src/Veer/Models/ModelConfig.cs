using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>What a trained network is: written beside its weights, so that a model folder explains and loads itself.</summary>
public sealed record ModelConfig
{
    // tables as long as this are held in memory
    private const int MostTimesteps = 1_000_000;

    /// <summary>"denoiser", "classifier" or "postprocessor".</summary>
    public required string Kind { get; init; }

    /// <summary>The network's shape, if it is an MLP.</summary>
    public ResidualMlpOptions? Network { get; init; }

    /// <summary>The network's shape, if it is a linear classifier.</summary>
    public LinearClassifierOptions? Linear { get; init; }

    /// <summary>The network's shape, if it is a UNet.</summary>
    public AdmUNetOptions? Unet { get; init; }

    /// <summary>The network's shape, if it is a UNet of EDM.</summary>
    public SongUNetOptions? Song { get; init; }

    /// <summary>The network's shape, if it is a UNet's way down alone: a classifier.</summary>
    public AdmEncoderOptions? Encoder { get; init; }

    /// <summary>The shape of a point: [D], or [C, H, W] of an image.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>Number of classes C.</summary>
    [Range(1, 1 << 24)]
    public required int Classes { get; init; }

    /// <summary>Probability of the null label in training; 0 for a network that knows none.</summary>
    [Range(0.0, 1.0)]
    public double LabelDropout { get; init; }

    /// <summary>A denoiser's family, which says what its network predicts: "ddpm", if not given, "flow" or "edm".</summary>
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

    /// <summary>The forward process of a denoiser or classifier.</summary>
    internal NoiseSchedule Process() => NoiseSchedule.Named(Schedule ?? "linear", Timesteps ?? 1000);

    /// <summary>The shape of a point, which older configurations say by the network alone.</summary>
    internal long[] PointShape() => Shape is not null ? [.. Shape] : Network is { } mlp ? [mlp.Dimensions] : [];
}
