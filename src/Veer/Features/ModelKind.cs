namespace Veer.Features;

/// <summary>A kind of model file, and what reads it.</summary>
/// <param name="ending">The ending of its files' names.</param>
/// <param name="title">What such a file is.</param>
/// <param name="remedy">What a program lacks that has no reader of it.</param>
internal sealed class ModelKind(string ending, string title, string remedy)
{
    /// <summary>Read by the package Veer.Onnx.</summary>
    public static ModelKind Onnx { get; } = new(".onnx", "an ONNX model", "the package Veer.Onnx and a call of OnnxModels.Use() when the program starts");

    /// <summary>Read by libtorch itself.</summary>
    public static ModelKind TorchScript { get; } = new(".pt", "a TorchScript model", "libtorch") { Reader = TorchScriptFeatures.Load };

    /// <summary>All of them, in the order in which they are looked for.</summary>
    public static IReadOnlyList<ModelKind> All { get; } = [Onnx, TorchScript];

    /// <summary>The ending of its files' names, with the point.</summary>
    public string Ending => ending;

    /// <summary>Opens a model for a device, where it can work on several; null until a program says what reads such files.</summary>
    public Func<ModelFile, Device?, ModelFeatures>? Reader { get; set; }

    /// <summary>Whether a file is of this kind, by its name.</summary>
    public bool Is(string path) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a model.</summary>
    /// <exception cref="InputException">The model is faulty or of no kind, or nothing reads its kind.</exception>
    public static ModelFeatures Load(ModelFile file, Device? device)
    {
        var kind = All.FirstOrDefault(kind => kind.Is(file.Path)) ?? throw new InputException(
            file.Path, "file", $"the ending '{Path.GetExtension(file.Path)}'", string.Join(" or ", All.Select(kind => kind.Ending)));
        return (kind.Reader ?? throw kind.Unread(file.Path))(file, device);
    }

    private InputException Unread(string path) => new(path, "file", $"{title}, and nothing that reads it", remedy);
}
