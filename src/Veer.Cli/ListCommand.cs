using System.CommandLine;
using Spectre.Console;
using Veer.Data;
using Veer.Diffusion;
using Veer.Features;
using Veer.Guidance;
using Veer.Metrics;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary><c>veer list</c>: everything that is chosen by its name.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "List what studies and commands choose by name: guidances, samplers, solvers, schedules, families, pairings, metrics, feature spaces, image formats.");
        command.SetAction(_ =>
        {
            Show("guidances", GuidanceKind.All, guidance => Lines(
                guidance.Formula, guidance.Source, guidance.Options is null ? "" : $"options: {string.Join("; ", GuidanceOptions.Describe(guidance))}"));
            Show("samplers", SamplerKind.All, sampler => sampler.Source);
            Show("solvers", SolverKind.All, _ => "");
            Show("noise schedules", ScheduleKind.All, _ => "");
            Show("families of denoisers", DenoiserFamilies.All, family => $"its network predicts {family.Predicts}");
            Show("pairings", Pairings.All, pairing => pairing.Source);
            Show("metrics", MetricRegistry.All, metric => Lines(metric.Meaning, string.Join("; ", Details(metric))));
            Show("feature spaces", FeatureSpaces.All, _ => "");
            Show("formats of images", ImageFormat.All, _ => "");
            return CommandRunner.Done;
        });
        return command;
    }

    private static void Show<T>(string what, Registry<T> kinds, Func<T, string> more)
        where T : class, IRegistered<T>
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(what).NoWrap()).AddColumn("");
        foreach (var kind in kinds) table.AddRow(Markup.Escape(kind.Name), Markup.Escape(Lines(kind.Title, more(kind))));
        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Details(Metric metric)
    {
        if (metric.Better != MetricDirection.Neither) yield return $"{Lower(metric.Better)} is better";
        if ((metric.Needs & ~MetricNeeds.Points) is not MetricNeeds.None and var needs) yield return $"needs {Lower(needs)}";
        if (metric.Measure is null) yield return "recorded by every run";
        else if (metric.Default == metric.Evaluated) yield return Usual(metric.Default);
        else yield return $"in studies {Usual(metric.Default)}, in evaluate {Usual(metric.Evaluated)}";
        if (metric.Parameters.Length > 0) yield return metric.Parameters;
        if (metric.Source.Length > 0) yield return metric.Source;
    }

    private static string Usual(SampleKinds kinds) => kinds == SampleKinds.None ? "only where it is named" : $"by default of {Lower(kinds)}";

    private static string Lower(Enum value) => $"{value}".ToLowerInvariant();

    private static string Lines(params string[] lines) => string.Join("\n", lines.Where(line => line.Length > 0));
}
