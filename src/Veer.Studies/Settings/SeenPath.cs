using Veer.Data;

namespace Veer.Studies.Settings;

/// <summary>Paths that a file in a folder names.</summary>
internal static class SeenPath
{
    /// <summary>
    /// A path as it is seen from a folder, so that both can be moved together. Where a link leads to the folder it is absolute: what ".." is hangs on the way by which
    /// the folder is come to.
    /// </summary>
    public static string From(string folder, string path)
    {
        (folder, path) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), Path.GetFullPath(path));
        return FolderTree.RealOrFull(folder) == folder ? Path.GetRelativePath(folder, path) : path;
    }
}
