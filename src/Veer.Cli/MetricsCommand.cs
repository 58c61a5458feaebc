using System.CommandLine;
using Spectre.Console;
using Veer.Metrics;

namespace Veer.Cli;

/// <summary><c>veer metrics</c>: what results are measured by.</summary>
internal static class MetricsCommand
{
    public static Command Create()
    {
        var command = new Command("metrics", "List the metrics: their names in results.json and in 'evaluation.metrics', what each says, and what it needs (features: of images; points are their own).");
        command.SetAction(_ =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("metric").NoWrap()).AddColumn("says");
            foreach (var metric in MetricRegistry.All)
                table.AddRow(Markup.Escape(metric.Name), $"{Markup.Escape($"{metric.Title}. {metric.Meaning}")}\n[dim]{Markup.Escape(string.Join("; ", Details(metric)))}[/]");
            AnsiConsole.Write(table);
            return CommandRunner.Done;
        });
        return command;
    }

    private static IEnumerable<string> Details(Metric metric)
    {
        if (metric.Better != MetricDirection.Neither) yield return $"{Lower(metric.Better)} is better";
        if ((metric.Needs & ~MetricNeeds.Points) is not MetricNeeds.None and var needs) yield return $"needs {Lower(needs)}";
        yield return metric.Measure is null ? "told by runs" : metric.Default == SampleKinds.None ? "measured where it is named" : $"measured of {Lower(metric.Default)}";
        if (metric.Source.Length > 0) yield return metric.Source;
    }

    private static string Lower(Enum value) => $"{value}".ToLowerInvariant();
}
