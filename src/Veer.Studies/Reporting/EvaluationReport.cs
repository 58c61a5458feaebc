using System.Text;
using Veer.Data;
using Veer.Evaluation;
using Veer.Formats;
using Veer.Studies.Reporting.Figures;
using Veer.Studies.Reporting.Files;
using Veer.Studies.Reporting.Html;

namespace Veer.Studies.Reporting;

/// <summary>The page of an evaluation: what the numbers say, every number, pictures.</summary>
public static class EvaluationReport
{
    /// <summary>Writes report.html, evaluation.json and figures/ into a folder, each whole or not at all, none before all are made.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="result">What was found.</param>
    /// <param name="sets">The sets, in its order.</param>
    /// <param name="reference">What they were measured against.</param>
    /// <param name="training">The points in which copies were looked for, where these are others.</param>
    /// <param name="cancellation">Asked between figures.</param>
    /// <returns>The path of report.html.</returns>
    public static string Write(string folder, EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData reference, LabeledData? training = null, CancellationToken cancellation = default) =>
        InvariantCulture.Run(() => WriteFiles(folder, result, sets, reference, training, cancellation));

    private static string WriteFiles(string folder, EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData reference, LabeledData? training, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var figures = EvaluationFigures.Create(result, sets, reference, training);
        var files = FigureFiles.All(figures, cancellation);
        var pictures = PagePicture.All(files, files.Keys.ToHashSet(), cancellation);
        var tables = new EvaluationTables(result);
        string names = Text.Enumerate([.. result.Sets.Select(set => set.Name)]);
        var page = new Document(
            $"{names} against {Text.Count(reference.Count)} real {(reference.Points.dim() == 4 ? "images" : "points")}", [("seed", result.Fingerprint.GetValueOrDefault("seed", "")), ("features", result.Fingerprint.GetValueOrDefault("features", "the points themselves"))], "",
            [
                new("numbers", "Numbers", tables.Findings() + tables.Whole() + tables.Classes()),
                new("samples", "Samples", Markup.Join(figures, figure => Markup.Figure(figure, pictures[figure.Name]))),
                new("reading", "How to read them", tables.Notes()),
            ],
            "Made by Veer. All numbers are in evaluation.json beside this page.");
        string report = Path.Combine(folder, "report.html");
        // the numbers first: they tell a folder of a report, however early it was stopped
        AtomicFile.WriteText(Path.Combine(folder, "evaluation.json"), result.ToJson());
        foreach (var (name, (png, svg)) in files)
        {
            AtomicFile.Write(Path.Combine(folder, "figures", name + ".png"), stream => stream.Write(png));
            AtomicFile.Write(Path.Combine(folder, "figures", name + ".svg"), stream => stream.Write(svg));
        }
        AtomicFile.Write(report, stream => stream.Write(Encoding.UTF8.GetBytes(page.Write())));
        return report;
    }
}
