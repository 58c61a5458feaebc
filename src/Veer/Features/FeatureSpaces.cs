namespace Veer.Features;

/// <summary>The spaces in which images are compared, by name.</summary>
public static class FeatureSpaces
{
    /// <summary>The values of the pixels, as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>The features of the evaluation classifier ("judge") that the library embeds for the data set.</summary>
    public const string Judge = "judge";

    /// <summary>
    /// All spaces: <see cref="Pixels"/>, <see cref="Judge"/>, extractors in common use, whose models users bring, and those that a program adds.
    /// </summary>
    public static Registry<NamedFeatureSpace> All { get; } = new(
        "feature space",
        [
            new(Pixels, "the values of the pixels", asked => new PixelSpace((int)asked.Shape[0], (int)asked.Shape[1], (int)asked.Shape[2])),
            new(Judge, "the library's evaluation classifier of the data set", asked => ImageJudge.Named(asked.DataSet ?? "unnamed", asked.Device)),
            .. KnownExtractor.All.Select(known => new NamedFeatureSpace(
                known.Name, known.Title, asked => ModelKind.Load(known.Find(asked.Cancellation), asked.Device))),
        ]);

    /// <summary>The space of a name; to be disposed of after use.</summary>
    /// <param name="name">
    /// One of <see cref="All"/>, or the path of a .onnx or .pt file with its .json beside it, or of a .json that names its model.
    /// </param>
    /// <param name="shape">[C, H, W] of the images.</param>
    /// <param name="dataSet">The data set that the images are of or like ("mnist"): "judge" is of one.</param>
    /// <param name="device">Where judges and TorchScript models work; the CPU if not said.</param>
    /// <param name="cancellation">Ends the reading of a model.</param>
    /// <exception cref="InputException">
    /// There is no space of this name, or its model is missing, faulty, or none for such images, or the program has nothing that reads it.
    /// </exception>
    public static IFeatureSpace Named(
        string name, ReadOnlySpan<long> shape, string? dataSet = null, Device? device = null, CancellationToken cancellation = default)
    {
        if (shape.Length != 3)
            throw new ArgumentException($"images of shape [{string.Join(", ", shape.ToArray())}], not [C, H, W]", nameof(shape));
        if (All.Find(name) is { } known) return known.Open(new(shape.ToArray(), dataSet, device, cancellation));
        if (ModelFile.IsOne(name)) return ModelKind.Load(ModelFile.Open(name, cancellation), device);
        string endings = string.Join(", ", ModelKind.All.Select(kind => kind.Ending));
        throw new InputException(
            "feature space", "name", $"'{name}'", $"one of {string.Join(", ", All.Names)}, or the path of a {endings} or .json file");
    }
}
