namespace Veer.Data;

/// <summary>
/// Downloads the data sets that Veer knows by name. A file appears under its name only when it is whole and its SHA-256 is right; what is
/// there already and right is not fetched again.
/// </summary>
public static class DataDownload
{
    /// <summary>The environment variable that names a mirror.</summary>
    public const string MirrorVariable = FileDownload.MirrorVariable;

    /// <summary>Downloads a data set.</summary>
    /// <param name="name">One of <see cref="DataFolders.Names"/>.</param>
    /// <param name="folder">Where its files go; by default <see cref="DataFolders.Home"/>.</param>
    /// <param name="mirror">
    /// A web folder with the files, or with a folder of the data set's name that has them; by default $VEER_MIRROR, or the usual homes.
    /// </param>
    /// <param name="progress">Is told how far the download is.</param>
    /// <param name="cancellation">Stops the download; what is not whole is removed.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="InputException">The name or the mirror is none, or a file is not the one that was published.</exception>
    /// <exception cref="IOException">No mirror answers, or the folder cannot be written; says where to put which file by hand.</exception>
    public static string Fetch(
        string name, string? folder = null, string? mirror = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Fetch(KnownDataSet.Named(name), folder ?? DataFolders.Home(name), mirror, progress, cancellation);

    internal static string Fetch(
        KnownDataSet known, string folder, string? mirror, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var download = new KnownDownload($"data set {known.Name}", known.Name, known.Files, known.Mirrors, DataFolders.Remedy(known));
        FileDownload.Fetch(download, folder, mirror, progress, cancellation);
        return folder;
    }
}
