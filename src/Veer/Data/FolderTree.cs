namespace Veer.Data;

/// <summary>
/// The files in a folder and below it, each once: links to folders are followed, but not those that lead back to where the listing is or
/// was. Hidden folders, and those that systems put beside images of their own accord, are passed over.
/// </summary>
internal sealed class FolderTree
{
    private const int MostLinks = 40; // as the system itself follows

    private readonly string root;
    private readonly CancellationToken cancellation;
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly List<string> tops = [], files = [];
    private readonly SortedDictionary<string, string> links = new(StringComparer.Ordinal);

    private FolderTree(string root, CancellationToken cancellation) => (this.root, this.cancellation) = (root, cancellation);

    /// <summary>Names of all files, seen from the folder, with forward slashes; in no order.</summary>
    public static IReadOnlyList<string> Files(string root, CancellationToken cancellation)
    {
        var tree = new FolderTree(root, cancellation);
        tree.Walk(root, Real(root), "");
        while (tree.links.Count > 0)
        {
            var (name, real) = tree.links.First();
            tree.links.Remove(name);
            if (!tree.seen.Contains(real) && !tree.tops.Exists(top => Holds(real, top))) tree.Walk(real, real, name + "/");
        }
        return tree.files;
    }

    /// <summary>Names of the folders in a folder and of its files, each in ordinal order; no folder that leads back to it.</summary>
    public static (string[] Folders, string[] Files) Top(string root, CancellationToken cancellation)
    {
        string real = Real(root);
        var (folders, files) = (new List<string>(), new List<string>());
        foreach (var entry in Entries(root, root))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry is not DirectoryInfo) files.Add(entry.Name);
            else if (!ImageNames.IsHidden(entry.Name) && !(entry.LinkTarget is not null && LeadsBack(entry, real))) folders.Add(entry.Name);
        }
        return (ImageNames.InOrder(folders, cancellation), ImageNames.InOrder(files, cancellation));
    }

    private static bool LeadsBack(FileSystemInfo link, string real) =>
        TryReal(link.FullName) is not { } target || Holds(target, real) || Holds(real, target);

    /// <summary>Lists a folder and those below it that are no links; the links are for later.</summary>
    private void Walk(string folder, string real, string prefix)
    {
        tops.Add(real);
        var open = new Stack<(string Folder, string Real, string Prefix)>([(folder, real, prefix)]);
        while (open.TryPop(out var here))
        {
            if (!seen.Add(here.Real)) continue;
            foreach (var entry in Entries(root, here.Folder))
            {
                cancellation.ThrowIfCancellationRequested();
                string name = here.Prefix + entry.Name;
                if (entry is not DirectoryInfo) files.Add(name);
                else if (ImageNames.IsHidden(entry.Name)) continue;
                else if (entry.LinkTarget is null) open.Push((entry.FullName, Path.Join(here.Real, entry.Name), name + "/"));
                else if (TryReal(entry.FullName) is { } target) links[name] = target;
            }
        }
    }

    private static IEnumerable<FileSystemInfo> Entries(string root, string folder)
    {
        using var entries = Guarded(() => new DirectoryInfo(folder).EnumerateFileSystemInfos().GetEnumerator());
        while (Guarded(entries.MoveNext)) yield return entries.Current;

        T Guarded<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException(root, Path.GetRelativePath(root, folder), $"a folder that cannot be read ({e.Message})", "a folder of images");
            }
        }
    }

    /// <summary>Whether a path is another or lies in it.</summary>
    internal static bool Holds(string outer, string inner) =>
        inner == outer || inner.StartsWith(Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The place behind all links, by which a file has one name; the full path where they lead nowhere.</summary>
    internal static string RealOrFull(string path) => TryReal(path) ?? Path.GetFullPath(path);

    private static string Real(string folder) =>
        TryReal(folder) ?? throw new InputException(folder, "folder", "links that lead to no end", "a folder of images");

    /// <summary>The path without links in it, or null where they lead nowhere.</summary>
    private static string? TryReal(string folder, int depth = 0)
    {
        if (depth > MostLinks) return null;
        string full = Path.GetFullPath(folder), real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Join(real, part);
            if (new DirectoryInfo(real).LinkTarget is not { } target) continue;
            if (TryReal(Path.Combine(Path.GetDirectoryName(real)!, target), depth + 1) is not { } resolved) return null;
            real = resolved;
        }
        return real;
    }
}
