namespace Veer.Data;

/// <summary>What labels are called in files, and what else a user may have called them.</summary>
internal static class LabelWords
{
    private static readonly string[] Likely = ["class", "classes", "label", "labels", "target", "targets", "category", "y"];

    /// <summary>Of some names those that are likely labels, whatever their case.</summary>
    public static string[] Among(IEnumerable<string> names) => [.. names.Where(name => Likely.Contains(name, StringComparer.OrdinalIgnoreCase))];
}
