using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Figures;
using Veer.Studies.Reporting.Files;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Html;

/// <summary>The page: every section whose files are there, in one self-contained document.</summary>
/// <param name="run">The run's folder.</param>
/// <param name="study">What is taken of its study.yaml.</param>
/// <param name="table">Its numbers.</param>
/// <param name="sections">The sections, in order.</param>
/// <param name="pictures">Their figures as the page shows them.</param>
internal sealed class Page(RunFolder run, (StudyNotes Notes, string Text) study, ResultTable table, IReadOnlyList<ReportSection> sections, IReadOnlyDictionary<string, PagePicture> pictures)
{
    private readonly Results results = run.Results;

    /// <summary>The whole document. The study's title is its name where it has none.</summary>
    public string Write()
    {
        var shown = sections.Where(section => section.Id == ReportSections.Numbers || section.All.Any() || section.Tables.Length > 0).ToList();
        (string Name, string Value)[] facts =
        [
            ("study", results.Study), ("preset", results.Preset), .. study.Notes.Reproduces is { Length: > 0 } reproduces ? [("reproduces", reproduces)] : Array.Empty<(string, string)>(),
            ("seed", results.Seed.ToString(Text.Invariant)), ("took", Text.Duration(results.Seconds)),
        ];
        return new Document(
            study.Notes.Title ?? Text.Capitalize(results.Study), facts, study.Notes.IsGiven ? BeforeAfter.Answer(run, table, study.Notes) : Markup.Join(Tile.All(table, study.Notes), tile => tile.ToHtml()),
            [
                .. shown.Select(section => new DocumentSection(section.Id, section.Heading, section.Id == ReportSections.Numbers ? Numbers(section) : Pictures(section))),
                new("run", "The run", Settings(facts)),
            ],
            "Made by Veer from the files in this folder. Rebuild with <code>veer report</code> and the folder’s name.").Write();
    }

    private string Numbers(ReportSection section)
    {
        if (table.Metrics.Count == 0) return "<p>This run left no numbers.</p>";
        var notes = study.Notes;
        // numbers of images compare only where they were measured alike
        string measured = results.Fingerprint is { Count: > 0 } parts ? $"<p class=\"fingerprint\">Measured with {Markup.Encode(string.Join("; ", parts.Select(part => $"{part.Key} {part.Value}")))}.</p>" : "";
        return $"""
            {(notes.IsGiven ? BeforeAfter.Write(run, table, notes) : ScaleTables.Answer(table, notes))}
            <p>{Reading()} Point at a number to see all of its digits.</p>
            {Pictures(section)}
            {Folded("Beside the paper’s numbers", notes.Published is { } paper ? ScaleTables.OfPaper(table, paper) : "")}
            {Folded($"{(notes.IsGiven ? "Samples" : "Guidances")} before postprocessing, metric by metric", ScaleTables.OfGuidances(table, notes))}
            {Folded("Postprocessing, metric by metric", Markup.Join(table.Guidances.Where(guidance => table.StagesOf(guidance).Count > 1), guidance => ScaleTables.OfStages(table, guidance, notes)))}
            {Folded("Every number", Markup.Join(table.Guidances, guidance => EveryNumber.Write(table, guidance, notes)))}
            {Folded("What the metrics mean", EveryNumber.Meanings(table))}
            {measured}
            <p><a class="download" download="results.json" href="data:application/json;base64,{Convert.ToBase64String(File.ReadAllBytes(run.Paths.Results))}">Download results.json</a> ({Text.Count(results.Rows.Count)} numbers)</p>
            """;

        static string Folded(string summary, string body) => body.Length == 0 ? "" : Markup.Details(summary, body);
    }

    /// <summary>How the table is to be read.</summary>
    private string Reading()
    {
        bool repaired = table.StageNames.Count > 1;
        (bool Holds, string Text)[] sentences =
        [
            (repaired, study.Notes.IsGiven ? "“Before” are the samples as they were given." : "“Before” is guided sampling as it is."),
            (table.StageNames.Contains(Stages.Individual), "“Individual” has a postprocessor for each scale."),
            (table.StageNames.Contains(Stages.OneForAll), "“One-for-all” has a single postprocessor for every scale."),
            (table.StageNames.Any(stage => stage.Contains('@')), "After “@” stands how a postprocessor is applied."),
            (table.HasFloor && LeadingMetric.Answer(table).Direction != 0, "The floor is a second real sample measured like a generated one: past it samples are nearer to the data than data is, which is no better."),
            (repaired, $"The best stage{(study.Notes.IsGiven ? "" : " of each guidance")}{(table.HasFloor ? ", the nearest to the floor," : "")} is <b class=\"best\">marked</b>."),
        ];
        return string.Join(" ", sentences.Where(sentence => sentence.Holds).Select(sentence => sentence.Text));
    }

    private string Pictures(ReportSection section) =>
        Pictures(section.Figures) + section.Tables + Markup.Join(section.Reading, text => $"<p>{Markup.Encode(text)}</p>\n") + Markup.Join(section.Folds, fold => Markup.Details(fold.Summary, Pictures(fold.Figures)));

    private string Pictures(IReadOnlyList<Figure> figures) => Markup.Join(figures, figure => Markup.Figure(figure, pictures[figure.Name]));

    private string Settings(IEnumerable<(string Name, string Value)> facts) => $"""
        <dl class="settings">
        {Markup.Join(facts.Concat(results.Versions.Select(version => (version.Key, version.Value))), fact => $"<dt>{Markup.Encode(fact.Item1)}</dt><dd>{Markup.Encode(fact.Item2)}</dd>\n")}</dl>
        {Markup.Details("Settings: study.yaml, with its preset and every change folded in", $"<pre>{Markup.Encode(study.Text)}</pre>")}
        """;
}
