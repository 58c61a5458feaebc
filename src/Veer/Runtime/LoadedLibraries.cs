namespace Veer.Runtime;

/// <summary>The shared libraries that this process has mapped (Linux: /proc/self/maps).</summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>
    /// Full path of a loaded library; null when it is not loaded or the system does not tell. Links are followed, so that
    /// libstdc++.so.6 may be found as libstdc++.so.6.0.30.
    /// </summary>
    public static string? PathOf(string fileName)
    {
        if (!File.Exists(Maps)) return null;
        var paths = File.ReadLines(Maps).Where(line => line.Contains('/')).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]);
        return paths.FirstOrDefault(path => IsVersionOf(fileName, Path.GetFileName(path)));
    }

    private static bool IsVersionOf(string library, string file) =>
        file == library || file.StartsWith(library + ".", StringComparison.Ordinal);
}
