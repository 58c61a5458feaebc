using System.Text;

namespace Veer.Benchmarks.Growth;

/// <summary>Sizes, what they took, and the powers in between.</summary>
internal static class GrowthTable
{
    public static string Write(string machine, IEnumerable<(GrowthTask Task, List<GrowthPoint> Points)> measured)
    {
        var text = new StringBuilder(machine + "\n");
        foreach (var (task, points) in measured)
        {
            text.Append(FormattableString.Invariant($"\n## {task.Title}\n\nIts work grows with the power {task.Work}.\n\n"));
            text.Append(FormattableString.Invariant($"| {task.Unit} | time | power of time | peak memory | power of memory |\n|---|---|---|---|---|\n"));
            foreach (var (i, point) in points.Index())
            {
                var (time, memory) = i == 0 ? (double.NaN, double.NaN) : point.From(points[i - 1]);
                text.Append(FormattableString.Invariant($"| {point.Size:N0} | {point.Seconds:0.00} s | {Power(time)} | {point.Bytes / 1e6:N0} MB | {Power(memory)} |\n"));
            }
        }
        return text.ToString();

        static string Power(double power) => double.IsNaN(power) ? "" : FormattableString.Invariant($"{power:0.00}");
    }
}
