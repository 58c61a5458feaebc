using Veer.Formats;

namespace Veer.Data;

/// <summary>
/// Downloads the data sets that Veer knows by name. A file appears under its name only when it is whole and its SHA-256 is right; what is
/// there already and right is not fetched again.
/// </summary>
public static class DataDownload
{
    /// <summary>The environment variable that names a mirror.</summary>
    public const string MirrorVariable = "VEER_MIRROR";

    // room for what is packed badly, or unpacks to folders and blocks of a tar
    private const long Slack = 1 << 20;
    private const int MostUnpacking = 2;

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
        var homes = Homes(known, mirror ?? Environment.GetEnvironmentVariable(MirrorVariable));
        double whole = known.Files.Sum(file => file.Length), before = 0;
        foreach (var file in known.Files)
        {
            double start = before;
            before += file.Length;
            if (IsThere(file, folder, cancellation)) continue;
            string target = Path.Combine(folder, file.Name);
            Download(known, file, homes, target, Told, cancellation);
            if (file.Unpacked is { } unpacked) Unpack(target, Path.Combine(folder, unpacked), file, cancellation);

            void Told(long bytes, long? length) =>
                progress?.Report(new(file.Name, (start + file.Length * Math.Min(1, bytes / (double)(length ?? file.Length))) / whole, bytes));
        }
        return folder;
    }

    private static Uri[] Homes(KnownDataSet known, string? mirror)
    {
        if (string.IsNullOrEmpty(mirror)) return [.. known.Mirrors.Select(home => new Uri(home))];
        if (!Uri.TryCreate(mirror.TrimEnd('/') + "/", UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
            throw new InputException("mirror", "URL", mirror, "one that starts with http:// or https://");
        return [new Uri(root, known.Name + "/"), root];
    }

    private static bool IsThere(KnownFile file, string folder, CancellationToken cancellation)
    {
        if (file.Unpacked is not null) return Directory.Exists(Path.Combine(folder, file.Unpacked));
        string path = Path.Combine(folder, file.Name);
        if (!File.Exists(path) || new FileInfo(path).Length == 0) return false;
        using var stream = InputFile.Open(path, "a downloaded file", cancellation);
        return ContentHash.Compute(stream, file) == file.Sha256;
    }

    private static void Download(KnownDataSet known, KnownFile file, Uri[] homes, string target, Action<long, long?> told, CancellationToken cancellation)
    {
        string reason = "";
        foreach (var home in homes)
        {
            var source = new Uri(home, file.Name);
            try
            {
                using var remote = HttpFile.Open(source, cancellation);
                AtomicFile.Write(target, stream => Copy(remote, stream, file, told));
                return;
            }
            catch (HttpRequestException e)
            {
                reason = $"{source}: {e.Message.ReplaceLineEndings(" ")}";
            }
        }
        string folder = Path.GetDirectoryName(target)!;
        throw new IOException(
            $"data set {known.Name}: {file.Name} could not be downloaded ({reason}); "
            + $"{DataFolders.Remedy(known)} into {folder} by hand, or name a mirror");
    }

    private static void Copy(HttpFile remote, Stream target, KnownFile file, Action<long, long?> told)
    {
        using var copied = new CopyingStream(remote.Body, target, file.Length + Slack, bytes => told(bytes, remote.Length));
        string hash = ContentHash.Compute(copied, file);
        if (hash != file.Sha256) throw new InputException(remote.Source.ToString(), "SHA-256", hash, $"{file.Sha256}; nothing was kept");
    }

    private static void Unpack(string archive, string folder, KnownFile file, CancellationToken cancellation)
    {
        string beside = folder + ".partial";
        try
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            TarFolder.Unpack(archive, beside, MostUnpacking * file.Length + Slack, cancellation);
            Directory.Move(Path.Combine(beside, Path.GetFileName(folder)), folder);
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            File.Delete(archive);
        }
    }
}
