using System.Globalization;
using System.Runtime.CompilerServices;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The mode that prints the table: table [--rows WORD,WORD] [--rounds N] [--core N] [--avx2] [--output FILE].</summary>
internal static class TableCommand
{
    public const string Name = "table";

    /// <summary>All rows, in the table's order.</summary>
    public static IReadOnlyList<Row> Rows { get; } = [.. NeighborRows.All, .. DistanceRows.All, .. MatchingRows.All, .. TrainingRows.All, .. SamplingRows.All];

    public static int Run(string[] arguments)
    {
        string[] words = Option("--rows", "").Split(',');
        int rounds = int.Parse(Option("--rounds", "5"), CultureInfo.InvariantCulture), core = int.Parse(Option("--core", "0"), CultureInfo.InvariantCulture);
        var conditions = new Conditions(core, arguments.Contains("--avx2"), Path.Combine(Folder, "peers"));
        using var output = Option("--output", "") is { Length: > 0 } file ? new StreamWriter(file) : null;
        return new Comparison(conditions, rounds).Print(Rows.Where(row => words.Any(row.Name.Contains)), output ?? Console.Out) ? 0 : 1;

        string Option(string name, string otherwise) => Array.IndexOf(arguments, name) is >= 0 and var at ? arguments[at + 1] : otherwise;
    }

    /// <summary>The folder benchmarks: scripts and tables lie beside the sources, as benchmarks run where they were built.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
