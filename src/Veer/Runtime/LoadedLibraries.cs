using System.Diagnostics;

namespace Veer.Runtime;

/// <summary>The shared libraries that this process has mapped.</summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>
    /// Full path of a loaded library; null when it is not loaded or the system does not tell (macOS). Links are followed, so that
    /// libstdc++.so.6 may be found as libstdc++.so.6.0.30.
    /// </summary>
    public static string? PathOf(string fileName) => Paths().FirstOrDefault(path => IsVersionOf(fileName, Path.GetFileName(path)));

    private static IEnumerable<string> Paths()
    {
        if (File.Exists(Maps)) return File.ReadLines(Maps).Where(line => line.Contains('/')).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]);
        if (!OperatingSystem.IsWindows()) return [];
        using var process = Process.GetCurrentProcess();
        return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
    }

    private static bool IsVersionOf(string library, string file) =>
        file.Equals(library, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
        || file.StartsWith(library + ".", StringComparison.Ordinal);
}
