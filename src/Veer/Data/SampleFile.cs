using Veer.Formats;

namespace Veer.Data;

/// <summary>
/// Samples on disk, in the form that fits them: vectors as <c>points</c> [N, D] and <c>labels</c>; images as a guided-diffusion batch,
/// <c>arr_0</c> [N, H, W, C] of bytes and <c>arr_1</c>, which other programs read as well.
/// </summary>
public static class SampleFile
{
    /// <summary>Writes samples, atomically.</summary>
    /// <param name="path">The .npz.</param>
    /// <param name="points">[N, D], or images [N, C, H, W] in [-1, 1].</param>
    /// <param name="labels">[N] int64; null where they are of no class.</param>
    /// <param name="seconds">What they took, where that is known.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Tensor points, Tensor? labels, double? seconds = null)
    {
        using var scope = NewDisposeScope();
        bool images = points.dim() == 4;
        var arrays = new Dictionary<string, Tensor> { [images ? "arr_0" : "points"] = OnDisk(points) };
        if (labels is not null) arrays[images ? "arr_1" : "labels"] = labels;
        if (seconds is double taken) arrays["seconds"] = tensor(taken, ScalarType.Float64).unsqueeze(0);
        Npz.Write(path, arrays);
    }

    /// <summary>Reads samples.</summary>
    /// <param name="path">The .npz.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="images">Whether they are images.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Points [N, D], or [N, C, H, W] in [-1, 1].</returns>
    /// <exception cref="InputException">The file is missing, broken, or holds something else.</exception>
    public static LabeledData Read(string path, int classes, bool images, CancellationToken cancellation = default)
    {
        if (!images) return VectorData.Load(path, classes, cancellation);
        var samples = ImageData.Load(path, cancellation: cancellation);
        return samples.Classes <= classes
            ? samples with { Classes = classes }
            : throw new InputException(path, "arr_1", $"label {samples.Classes - 1}", $"0 to {classes - 1}");
    }

    /// <summary>Points as files hold them: vectors as they are, images [N, C, H, W] as bytes [N, H, W, C].</summary>
    public static Tensor OnDisk(Tensor points) => points.dim() == 4 ? ImageQuantization.ToBytes(points).permute(0, 2, 3, 1).contiguous() : points;
}
