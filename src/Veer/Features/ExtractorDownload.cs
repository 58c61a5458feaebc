using Veer.Data;

namespace Veer.Features;

/// <summary>
/// Downloads the models of feature spaces that Veer knows by name. A model appears under its name only when it is whole and its SHA-256 is
/// right; one that is there already and right is not fetched again.
/// </summary>
public static class ExtractorDownload
{
    private const int HashDigits = 64;

    /// <summary>The feature spaces that have a model to fetch.</summary>
    public static IEnumerable<string> Names => FeatureSpaces.All.Where(space => space.Model is not null).Select(space => space.Name);

    /// <summary>Downloads the model of a feature space.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where it goes; by default the first folder that models are looked for in.</param>
    /// <param name="mirror">
    /// A web folder with the file under the name that it has here, or with a folder "models" that has it, or a mirror of the whole site that
    /// publishes it; by default $VEER_MIRROR, or where it is published.
    /// </param>
    /// <param name="sha256">The model's SHA-256, needed where none is known here: the fault then tells that of the file that came, and keeps nothing.</param>
    /// <param name="progress">Is told how far the download is.</param>
    /// <param name="cancellation">Stops the download; what is not whole is removed.</param>
    /// <returns>The model's file.</returns>
    /// <exception cref="InputException">
    /// The name, the mirror or the hash is none, nobody publishes the model, or the file is not the one that was published.
    /// </exception>
    /// <exception cref="IOException">No mirror answers, or the folder cannot be written; says where to put which file by hand.</exception>
    public static string Fetch(
        string name, string? folder = null, string? mirror = null, string? sha256 = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var model = FeatureSpaces.All.Find(name)?.Model
            ?? throw new InputException("feature space with a model", "name", $"'{name}'", $"one of {string.Join(", ", Names)}");
        return Fetch(name, model, folder, mirror, sha256, progress, cancellation);
    }

    internal static string Fetch(
        string name, ExtractorModel model, string? folder, string? mirror, string? sha256, IProgress<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        if (sha256 is not null && (sha256.Length != HashDigits || !sha256.All(char.IsAsciiHexDigit)))
            throw new InputException(name, "sha256", $"'{sha256}'", $"{HashDigits} hexadecimal digits");
        string? told = sha256?.ToLowerInvariant();
        if (told is not null && model.File.Sha256 is { } known && told != known)
            throw new InputException(name, "sha256", told, $"{known}, which is known, or nothing");
        if (model.Home is null && string.IsNullOrEmpty(mirror ?? Environment.GetEnvironmentVariable(FileDownload.MirrorVariable)))
            throw new InputException($"feature space {name}: nobody publishes {model.File.Name}; put {model.What} into {ExtractorModel.Places[0]}, or name a mirror that has it");
        string target = folder ?? ExtractorModel.Places[0];
        FileDownload.Fetch(model.Download(name, told), target, mirror, progress, cancellation);
        return Path.Combine(target, model.File.Name);
    }
}
