namespace Veer.Data;

/// <summary>
/// Finds the folder of a data set that users fetch themselves: the one they name, else NAME under $VEER_DATA, else ./data/NAME,
/// else where the system's packages put it.
/// </summary>
public static class DataFolders
{
    private const string Variable = "VEER_DATA";

    /// <summary>The data sets that can be found by name.</summary>
    public static IReadOnlyCollection<string> Names => KnownDataSet.Names;

    /// <summary>The folder of a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="path">A folder that the user names; no other place is then looked at.</param>
    /// <exception cref="InputException">There is no such folder; names the places looked at and the files expected.</exception>
    public static string Find(string name, string? path = null)
    {
        var known = KnownDataSet.Named(name);
        string[] places = path is null ? [.. Usual(name), .. known.Packaged] : [path];
        // a folder that a failed download left empty must not hide one that is full
        return places.FirstOrDefault(IsFull) ?? places.FirstOrDefault(Directory.Exists) ?? throw new InputException(
            $"data set {name}: no folder {string.Join(" or ", places)}; {Remedy(known)} there, or download it")
        { MissingDataSet = name };
    }

    /// <summary>Where a downloaded data set is put if the user names no folder: the first of the usual places.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string Home(string name) => Usual(name).First();

    /// <summary>Which files to put into a data set's folder, in words.</summary>
    internal static string Remedy(KnownDataSet known) => known.Files[0].Unpacked is { } folder
        ? $"put {folder}/ (from {known.Files[0].Name})"
        : $"put {string.Join(", ", known.Files.Select(file => Path.GetFileNameWithoutExtension(file.Name)))} (.gz or unpacked)";

    private static bool IsFull(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    /// <summary>Where the folder of a name is looked for, in this order.</summary>
    internal static IEnumerable<string> Usual(string name)
    {
        string? root = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(root)) yield return Path.Combine(root, name);
        yield return Path.Combine(".", "data", name);
    }
}
