using Xunit;

namespace Veer.Tests;

/// <summary>
/// Data sets too large for the repository: in the folder that VEER_SHARED_DATA names, or in shared/data beside the repository. A test
/// whose data are not there is skipped and says so.
/// </summary>
internal static class SharedData
{
    private const string Variable = "VEER_SHARED_DATA";

    /// <summary>The folder of one data set.</summary>
    public static string Folder(string name)
    {
        string? path = Root() is { } root ? Path.Combine(root, name) : null;
        Assert.SkipUnless(Directory.Exists(path), $"no {name}: neither ${Variable}/{name} nor shared/data/{name} beside the repository");
        return path!;
    }

    private static string? Root()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate)) return candidate;
        }
        return null;
    }
}
