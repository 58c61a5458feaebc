namespace Veer.Data;

/// <summary>
/// Finds the folder of a data set that users fetch themselves: the one they name, else NAME under $VEER_DATA, else ./data/NAME,
/// else where the system's packages put it.
/// </summary>
public static class DataFolders
{
    private const string Variable = "VEER_DATA";

    private static readonly SortedDictionary<string, (string[] Files, string[] Packaged)> Known = new(StringComparer.Ordinal)
    {
        ["mnist"] = (Mnist.Files, []),
        ["fashion-mnist"] = (Mnist.Files, ["/usr/share/datasets/fashion-mnist"]), // Debian's dataset-fashion-mnist
    };

    /// <summary>The data sets that can be found by name.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The folder of a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="path">A folder that the user names; no other place is then looked at.</param>
    /// <exception cref="InputException">There is no such folder; names the places looked at and the files expected.</exception>
    public static string Find(string name, string? path = null)
    {
        if (!Known.TryGetValue(name, out var known))
            throw new InputException($"data set {name} is unknown, expected one of {string.Join(", ", Names)}");
        string[] places = path is null ? [.. Usual(name), .. known.Packaged] : [path];
        return places.FirstOrDefault(Directory.Exists) ?? throw new InputException(
            $"data set {name}: no folder {string.Join(" or ", places)}; put {string.Join(", ", known.Files)} (.gz or unpacked) there");
    }

    private static IEnumerable<string> Usual(string name)
    {
        string? root = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(root)) yield return Path.Combine(root, name);
        yield return Path.Combine(".", "data", name);
    }
}
