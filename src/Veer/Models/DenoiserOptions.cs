using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>What a conditional generator is and how it is trained: settings, which JSON can hold. Where it is trained is <see cref="DenoiserRun"/>'s.</summary>
public sealed record DenoiserOptions
{
    /// <summary>
    /// "ddpm", if not given; "flow": a rectified flow from noise to data; "edm" (Karras et al., arXiv 2206.00364). The last two have no
    /// schedule and no timesteps.
    /// </summary>
    [Registered<DenoiserFamily>]
    public string? Family { get; init; }

    /// <summary>Noise schedule: "linear" or "cosine".</summary>
    [Registered<ScheduleKind>]
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

    /// <summary>Steps, batch size and learning rate: by default as long as a study's, minutes on two cores; <see cref="TrainingOptions.Brief"/> takes seconds.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Whether it has a schedule and timesteps.</summary>
    public bool HasTimesteps() => DenoiserFamilies.Named(Family).HasTimesteps;

    /// <summary>Whether its network predicts the velocity of a straight way from noise to data, as a postprocessor's from samples to data.</summary>
    public bool IsRectifiedFlow() => Family == DenoiserFamilies.Flow.Name;

    /// <summary>What it is trained to undo.</summary>
    public NoisingProcess Process() => DenoiserFamilies.Named(Family).Process(this);

    /// <summary>Refuses settings that no generator of such points can have.</summary>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="file">Where the settings stand.</param>
    /// <param name="prefix">What stands before each key, as "denoisers.base.".</param>
    /// <exception cref="InputException">One line that names the key.</exception>
    public void Validate(ReadOnlySpan<long> point, string file = "denoiser", string prefix = "")
    {
        RequireImages(point, Fault);
        if (Unet is not null && Song is null && point.Length == 3) NetworkChoice.RequireSides(Unet, point, file, prefix + "unet");
        DenoiserFamilies.Named(Family, file).Validate(this, Fault);
        if (Augmentation is not null && Song?.AugmentInputs != EdmAugmentation.Conditions)
            throw Fault("song.augment_inputs", $"{Song?.AugmentInputs ?? 0}", $"{EdmAugmentation.Conditions}, or no augmentation");

        InputException Fault(string field, string found, string expected) => new(file, prefix + field, found, expected);
    }

    /// <summary>Refuses what only images can have.</summary>
    internal void RequireImages(ReadOnlySpan<long> point, Func<string, string, string, InputException> fault)
    {
        if (HorizontalFlips == true && point.Length != 3) throw fault("horizontal_flips", "true", "false: the points are no images");
    }
}
