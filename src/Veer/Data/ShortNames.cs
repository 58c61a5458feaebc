namespace Veer.Data;

/// <summary>What files are called where a line has no room for their paths.</summary>
internal static class ShortNames
{
    /// <summary>
    /// The last parts of each path, as few as tell all of them apart ("w1/training.npz" beside "w3/training.npz"); a path that is there several times has its
    /// place in the list behind it.
    /// </summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> paths)
    {
        List<string> all = [.. paths.Select(Path.TrimEndingDirectorySeparator)];
        var parts = all.ConvertAll(path => path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar));
        int different = parts.Select(path => string.Join('/', path)).Distinct().Count(), longest = parts.Max(path => path.Length);
        int count = Enumerable.Range(1, longest).First(count => Tails(count).Distinct().Count() == different);
        var names = Tails(count).ToList();
        return different == all.Count ? names : [.. names.Select((name, place) => names.Count(other => other == name) > 1 ? $"{name} ({place + 1})" : name)];

        IEnumerable<string> Tails(int count) => parts.Select(path => string.Join(Path.DirectorySeparatorChar, path.TakeLast(count)));
    }
}
