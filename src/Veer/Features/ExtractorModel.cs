using Veer.Data;

namespace Veer.Features;

/// <summary>The file of an extractor's model: what it is, where it is looked for and where it is published.</summary>
/// <param name="File">The file.</param>
/// <param name="What">What it is, and how to come by it.</param>
/// <param name="Home">The web folder that it is published in; null where nobody publishes it.</param>
internal sealed record ExtractorModel(KnownFile File, string What, string? Home)
{
    /// <summary>The folder of models, beside those of data sets.</summary>
    public const string Folder = "models";

    /// <summary>The folders that models are looked for in, in this order.</summary>
    public static IReadOnlyList<string> Places => [.. DataFolders.Usual(Folder)];

    /// <summary>The file's address; null where nobody publishes it.</summary>
    public Uri? Address => Home is null ? null : File.At(Home);

    /// <summary>The files that may be it, in the order in which they are looked for.</summary>
    public IEnumerable<string> Paths => Places.Select(folder => Path.Combine(folder, File.Name));

    /// <summary>The model, or the description of the extractor's own name (NAME.json) that takes the place of the one here; null where neither is.</summary>
    /// <param name="extractor">The extractor's name.</param>
    public string? Find(string extractor) => Places
        .SelectMany(folder => new[] { Path.Combine(folder, extractor + ".json"), Path.Combine(folder, File.Name) })
        .FirstOrDefault(System.IO.File.Exists);

    /// <summary>The model as something to download.</summary>
    /// <param name="extractor">The extractor's name, for errors.</param>
    /// <param name="sha256">The hash that the user told, in lower case; null where none was.</param>
    public KnownDownload Download(string extractor, string? sha256) => new(
        $"feature space {extractor}", Folder, [File with { Sha256 = File.Sha256 ?? sha256 }], Home is null ? [] : [Home],
        $"put {(Address is null ? What : $"{Address} as {File.Name}")}");
}
