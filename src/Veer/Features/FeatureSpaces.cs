namespace Veer.Features;

/// <summary>The spaces in which images are compared, by name.</summary>
public static class FeatureSpaces
{
    /// <summary>The values of the pixels, as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>The features of the evaluation classifier ("judge") that the library embeds for the data set.</summary>
    public const string Judge = "judge";

    /// <summary>
    /// All spaces: <see cref="Pixels"/>, <see cref="Judge"/>, extractors in common use, whose models users bring or fetch, and those that a program adds.
    /// </summary>
    public static Registry<NamedFeatureSpace> All { get; } = new(
        "feature space",
        [
            new(Pixels, "the values of the pixels", asked => new PixelSpace((int)asked.Shape[0], (int)asked.Shape[1], (int)asked.Shape[2])),
            new(Judge, "the library's evaluation classifier of the data set", asked => ImageJudge.Named(asked.DataSet ?? "unnamed", asked.Device)),
            .. KnownExtractor.All.Select(known => new NamedFeatureSpace(
                known.Name, known.Title, asked => ModelKind.Load(known.Find(asked.Cancellation), asked.Device))
            {
                Comparable = known.Comparable,
                Size = known.Size,
                Model = known.Model,
            }),
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

    /// <exception cref="InputException">The space is of another data set.</exception>
    internal static void RequireFor(IFeatureSpace space, string dataSet)
    {
        if (space.For is { } only && only != dataSet) throw new InputException(space.Name, "reference", $"'{dataSet}'", $"'{only}', the data set that it was trained on");
    }

    /// <summary>
    /// The space in which images are compared where none is named: DINOv2's class token, if a model of it is where models are looked for; else the
    /// judge of a known data set, if the images have its shape; else pixels. <see cref="Remark"/> says which one it is.
    /// </summary>
    /// <inheritdoc cref="Named"/>
    public static IFeatureSpace Default(ReadOnlySpan<long> shape, string? dataSet = null, Device? device = null, CancellationToken cancellation = default)
    {
        // the models are ONNX files: of no use where nothing reads those
        if (shape is [1 or 3, _, _] && ModelKind.Onnx.Reader is not null && KnownExtractor.Preferred.FirstOrDefault(known => known.Model.Find(known.Name) is not null) is { } dino)
            return Named(dino.Name, shape, dataSet, device, cancellation);
        if (dataSet is not null && ImageJudge.DataSets.Contains(dataSet))
        {
            var judge = ImageJudge.Named(dataSet, device);
            if (shape.SequenceEqual([.. judge.Shape])) return judge;
            judge.Dispose();
        }
        return Named(Pixels, shape, dataSet, device, cancellation);
    }

    /// <summary>
    /// Which published figures those measured in a space compare with; null where there are none, or the space goes by a known name with another
    /// model, or uses it in another way.
    /// </summary>
    public static string? Comparable(IFeatureSpace space)
    {
        var known = KnownExtractor.All.FirstOrDefault(known => known.Name == space.Name);
        return known?.Is(space) == false ? null : All.Find(space.Name)?.Comparable;
    }

    /// <summary>One line that says which space was used, and whose figures those measured in it compare with.</summary>
    public static string Remark(IFeatureSpace space)
    {
        string title = All.Find(space.Name) is { } named ? $" ({named.Title})" : "";
        string whose = Comparable(space) ?? "nobody's published ones, only with others in this space";
        return $"images are compared in {space.Name}{title}: figures compare with {whose}";
    }
}
