using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>What a noisy classifier is and how it is trained: settings, which JSON can hold.</summary>
public sealed record ClassifierOptions
{
    /// <summary>Noise schedule: "linear" or "cosine".</summary>
    [Registered<ScheduleKind>]
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

    /// <summary>Steps, batch size and learning rate.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Refuses a network that no classifier of such points can have.</summary>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="file">Where the settings stand.</param>
    /// <param name="prefix">What stands before each key, as "classifiers.linear.".</param>
    /// <exception cref="InputException">One line that names the key.</exception>
    public void Validate(ReadOnlySpan<long> point, string file = "classifier", string prefix = "")
    {
        if ((Network, point.Length) is ("encoder", 3)) NetworkChoice.RequireSides(Encoder ?? new(), point, file, prefix + "encoder");
        if ((Network, point.Length) is ("linear", _) or ("mlp", 1) or ("encoder", 3)) return;
        throw new InputException(
            file, $"{prefix}network", $"'{Network}' for points [{string.Join(", ", point.ToArray())}]", "'linear', 'mlp' for vectors, 'encoder' for images");
    }
}
