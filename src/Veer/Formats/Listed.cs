namespace Veer.Formats;

/// <summary>Names in a line of a message.</summary>
internal static class Listed
{
    private const int Most = 5;

    /// <summary>All names, or the first ones and how many more there are.</summary>
    public static string First(IReadOnlyList<string> names) =>
        $"{string.Join(", ", names.Take(Most))}{(names.Count > Most ? FormattableString.Invariant($" and {names.Count - Most} more") : "")}";
}
