using static TorchSharp.torch;

namespace Veer.Features;

/// <summary>The spaces in which images are compared, by name.</summary>
public static class FeatureSpaces
{
    /// <summary>The values of the pixels, as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>The features of the small classifier that the library carries for the data set.</summary>
    public const string Judge = "judge";

    /// <summary>
    /// The names: <see cref="Pixels"/>, <see cref="Judge"/>, and extractors in common use, whose models users bring.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [Pixels, Judge, .. KnownExtractor.Names];

    /// <summary>The space of a name; to be disposed of after use.</summary>
    /// <param name="name">
    /// One of <see cref="Names"/>, or the path of a .onnx or .pt file with its .json beside it, or of a .json that names its model.
    /// </param>
    /// <param name="shape">[C, H, W] of the images.</param>
    /// <param name="dataSet">The data set that the images are of or like ("mnist"): "judge" is of one.</param>
    /// <param name="device">Where judges and TorchScript models work; the CPU if not said.</param>
    /// <param name="cancellation">Ends the reading of a model.</param>
    /// <exception cref="InputException">There is no space of this name, or its model is missing, faulty, or none for such images.</exception>
    public static IFeatureSpace Named(
        string name, ReadOnlySpan<long> shape, string? dataSet = null, Device? device = null, CancellationToken cancellation = default)
    {
        if (shape.Length != 3)
            throw new ArgumentException($"images of shape [{string.Join(", ", shape.ToArray())}], not [C, H, W]", nameof(shape));
        if (name == Pixels) return new PixelSpace((int)shape[0], (int)shape[1], (int)shape[2]);
        if (name == Judge) return ImageJudge.Named(dataSet ?? "unnamed", device);
        if (KnownExtractor.Find(name) is { } known) return Load(known.Find(cancellation), device);
        if (ModelFile.IsOne(name)) return Load(ModelFile.Open(name, cancellation), device);
        throw new InputException(
            "feature space", "name", $"'{name}'", $"one of {string.Join(", ", Names)}, or the path of a .onnx, .pt or .json file");
    }

    private static ModelFeatures Load(ModelFile file, Device? device)
    {
        if (file.Is(ModelFile.Onnx)) return OnnxFeatures.Load(file);
        if (file.Is(ModelFile.TorchScript)) return TorchScriptFeatures.Load(file, device);
        throw new InputException(
            file.Path, "file", $"the ending '{Path.GetExtension(file.Path)}'", $"{ModelFile.Onnx} or {ModelFile.TorchScript}");
    }
}
