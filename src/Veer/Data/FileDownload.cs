using Veer.Formats;

namespace Veer.Data;

/// <summary>
/// Downloads files that Veer knows by name. A file appears under its name only when it is whole and its SHA-256 is right; what is there
/// already and right is not fetched again.
/// </summary>
internal static class FileDownload
{
    /// <summary>The environment variable that names a mirror.</summary>
    public const string MirrorVariable = "VEER_MIRROR";

    // room for what is packed badly, or unpacks to folders and blocks of a tar
    private const long Slack = 1 << 20;
    private const int MostUnpacking = 2;

    /// <summary>Downloads what is not there.</summary>
    /// <param name="known">The files.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="mirror">
    /// A web folder with the files, or with the folder that mirrors keep them in, or with all that their home's site has; by default
    /// $VEER_MIRROR, or the usual homes.
    /// </param>
    /// <param name="progress">Is told how far the download is.</param>
    /// <param name="cancellation">Stops the download; what is not whole is removed.</param>
    /// <exception cref="InputException">The mirror is none, or a file is not the one that was published, or nobody has told which one that is.</exception>
    /// <exception cref="IOException">No mirror answers, or the folder cannot be written; says where to put which file by hand.</exception>
    public static void Fetch(
        KnownDownload known, string folder, string? mirror, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var root = Root(mirror ?? Environment.GetEnvironmentVariable(MirrorVariable));
        double whole = known.Files.Sum(file => file.Length), before = 0;
        foreach (var file in known.Files)
        {
            double start = before;
            before += file.Length;
            if (IsThere(file, folder, cancellation)) continue;
            string target = Path.Combine(folder, file.Name);
            Download(known, file, root is null ? [.. known.Homes.Select(file.At)] : [.. OnMirror(known, file, root)], target, Told, cancellation);
            if (file.Unpacked is { } unpacked) Unpack(target, Path.Combine(folder, unpacked), file, cancellation);

            void Told(long bytes, long? length) =>
                progress?.Report(new(file.Name, (start + file.Length * Math.Min(1, bytes / (double)(length ?? file.Length))) / whole, bytes));
        }
    }

    private static Uri? Root(string? mirror)
    {
        if (string.IsNullOrEmpty(mirror)) return null;
        if (!Uri.TryCreate(mirror.TrimEnd('/') + "/", UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
            throw new InputException("mirror", "URL", mirror, "one that starts with http:// or https://");
        return root;
    }

    private static IEnumerable<Uri> OnMirror(KnownDownload known, KnownFile file, Uri root)
    {
        yield return new Uri(root, $"{known.Folder}/{file.Name}");
        yield return new Uri(root, file.Name);
        // mirrors of a whole site keep its paths
        if (file.PublishedAs is null) yield break;
        foreach (string home in known.Homes) yield return new Uri(root, file.At(home).AbsolutePath[1..]);
    }

    private static bool IsThere(KnownFile file, string folder, CancellationToken cancellation)
    {
        if (file.Unpacked is not null) return Directory.Exists(Path.Combine(folder, file.Unpacked));
        string path = Path.Combine(folder, file.Name);
        if (!File.Exists(path) || new FileInfo(path).Length == 0) return false;
        using var stream = InputFile.Open(path, "a downloaded file", cancellation);
        string hash = ContentHash.Compute(stream, file);
        return file.Sha256 is null ? throw Untold(path, hash, "the file stays as it is") : hash == file.Sha256;
    }

    private static void Download(
        KnownDownload known, KnownFile file, Uri[] sources, string target, Action<long, long?> told, CancellationToken cancellation)
    {
        string reason = "";
        InputException? fault = null;
        foreach (var source in sources)
        {
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
            catch (InputException e) when (file.Sha256 is not null)
            {
                // another file than the published one: the next home may have that
                fault ??= e;
            }
        }
        throw fault ?? (Exception)new IOException(
            $"{known.What}: {file.Name} could not be downloaded ({reason}); {known.Remedy} into {Path.GetDirectoryName(target)} by hand, or name a mirror");
    }

    private static void Copy(HttpFile remote, Stream target, KnownFile file, Action<long, long?> told)
    {
        using var copied = new CopyingStream(remote.Body, target, file.Most + Slack, bytes => told(bytes, remote.Length));
        string hash = ContentHash.Compute(copied, file);
        if (file.Sha256 is null) throw Untold(remote.Source.ToString(), hash, "nothing was kept");
        if (hash != file.Sha256) throw new InputException(remote.Source.ToString(), "SHA-256", hash, $"{file.Sha256}; nothing was kept");
    }

    /// <summary>A hash is what makes a stranger's file the published one: without any, the user has to say that it is.</summary>
    private static InputException Untold(string place, string hash, string kept) => new(
        place, "SHA-256", hash, $"the one that you tell (sha256), as none is known here: compare it with what the publisher says; {kept}");

    private static void Unpack(string archive, string folder, KnownFile file, CancellationToken cancellation)
    {
        string beside = AtomicFile.PartialOf(folder);
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
