using System.Security.Cryptography;
using Veer.Formats;

namespace Veer.Features;

/// <summary>A model's file with its description and its fingerprint.</summary>
/// <param name="Path">The model.</param>
/// <param name="Name">What results call the extractor.</param>
/// <param name="Description">How it is used.</param>
/// <param name="Fingerprint">Its SHA-256, and that of weights which lie beside it.</param>
internal sealed record ModelFile(string Path, string Name, ExtractorDescription Description, string Fingerprint)
{
    private const string Json = ".json";

    /// <summary>What exporters add to the name of an ONNX model for the file of its weights.</summary>
    private static readonly string[] Companions = [".data", "_data"];

    /// <summary>Whether a name is that of a model's file or of a description.</summary>
    public static bool IsOne(string path) => IsDescription(path) || ModelKind.All.Any(kind => kind.Is(path));

    /// <summary>Opens a model by its own file or by its description.</summary>
    /// <param name="path">NAME.onnx or NAME.pt with NAME.json beside it, or a description that names its model.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">A file is missing, the description is faulty, or the model is not the one that it names.</exception>
    public static ModelFile Open(string path, CancellationToken cancellation = default)
    {
        string file = System.IO.Path.ChangeExtension(path, Json);
        var description = ExtractorDescription.Read(file);
        string model = IsDescription(path) ? ModelOf(file, description) : path;
        return Open(model, description, System.IO.Path.GetFileNameWithoutExtension(file), file, cancellation);
    }

    /// <summary>Opens a model of which the description is known.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="description">How it is used.</param>
    /// <param name="name">What results call it if the description does not say.</param>
    /// <param name="place">Where the description stands, for errors.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static ModelFile Open(string model, ExtractorDescription description, string name, string place, CancellationToken cancellation)
    {
        description.Check(place);
        string fingerprint = Hash(model, cancellation);
        if (description.Sha256 is { } expected && !string.Equals(expected, fingerprint, StringComparison.OrdinalIgnoreCase))
            throw new InputException(model, "SHA-256", fingerprint, $"{expected}, as {place} says");
        return new(model, description.Name ?? name, description, fingerprint);
    }

    private static string ModelOf(string file, ExtractorDescription description)
    {
        string folder = System.IO.Path.GetDirectoryName(file) ?? "";
        if (description.File is { } named) return System.IO.Path.Combine(folder, named);
        string[] usual = [.. ModelKind.All.Select(kind => System.IO.Path.ChangeExtension(file, kind.Ending))];
        return usual.FirstOrDefault(File.Exists)
            ?? throw new InputException(file, "file", $"nothing, and no {string.Join(" or ", usual)}", "the model's file");
    }

    private static string Hash(string model, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        // weights outside of the model's file are a part of it
        foreach (string file in Companions.Select(ending => model + ending).Where(File.Exists).Prepend(model))
        {
            using var stream = InputFile.Open(file, "an extractor's model", cancellation);
            for (int count; (count = stream.Read(buffer)) > 0;) hash.AppendData(buffer.AsSpan(0, count));
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static bool IsDescription(string path) => path.EndsWith(Json, StringComparison.OrdinalIgnoreCase);
}
