using System.Text;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

namespace Veer.Studies.Reporting;

/// <summary>The page: every section whose files are there, in one self-contained document.</summary>
internal static class Page
{
    public static string Write(RunFolder run, ResultTable table, IReadOnlyList<ReportSection> sections, IReadOnlyDictionary<string, PagePicture> pictures)
    {
        using var style = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream("report.css")!);
        var shown = sections.Where(section => section.Id == ReportFigures.Numbers || section.All.Any()).ToList();
        string links = Html.Join(shown, section => $"<a href=\"#{section.Id}\">{Html.Encode(section.Heading)}</a>");
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Html.Encode(run.Title)}</title>
            <style>
            {style.ReadToEnd()}</style>
            </head>
            <body>
            {Header(run, table)}
            <nav aria-label="Sections">{links}<a href="#run">The run</a></nav>
            <main>
            {Html.Join(shown, section => Html.Section(section.Id, section.Heading, section.Id == ReportFigures.Numbers ? Numbers(run, table, section, pictures) : Pictures(section, pictures)))}
            {Html.Section("run", "The run", Settings(run))}
            </main>
            <footer>Made by Veer from the files in this folder. Rebuild with <code>veer report</code> and the folder's name.</footer>
            </body>
            </html>

            """;
    }

    private static string Header(RunFolder run, ResultTable table)
    {
        string[] facts =
        [
            $"study <b>{Html.Encode(run.Results.Study)}</b>",
            .. run.Results.Preset is { } preset ? [$"preset <b>{Html.Encode(preset)}</b>"] : Array.Empty<string>(),
            .. run.Study.Reproduces is { } reproduces ? [$"reproduces <b>{Html.Encode(reproduces)}</b>"] : Array.Empty<string>(),
            $"seed <b>{Html.Encode(run.Results.Seed)}</b>",
            $"took <b>{Text.Duration(run.Results.Seconds)}</b>",
        ];
        return $"""
            <header>
            <h1>{Html.Encode(run.Title)}</h1>
            {(run.Study.Description is { } summary ? $"<p class=\"description\">{Html.Encode(summary)}</p>" : "")}
            <p class="facts">{string.Join("", facts.Select(fact => $"<span>{fact}</span>"))}</p>
            <div class="tiles">{Html.Join(Tile.All(table), ToHtml)}</div>
            </header>
            """;
    }

    private static string ToHtml(Tile tile) => $"""
        <div class="tile{(tile.IsBetter ? "" : " worse")}">
        <strong>{Html.Encode(tile.Number)}</strong> <span>{Html.Encode(tile.Label)}</span> <small>{Html.Encode(tile.Detail)}</small>
        </div>
        """;

    private static string Numbers(RunFolder run, ResultTable table, ReportSection section, IReadOnlyDictionary<string, PagePicture> pictures)
    {
        if (table.Metrics.Count == 0) return "<p>This run left no numbers.</p>";
        string json = Convert.ToBase64String(Encoding.UTF8.GetBytes(run.Results.Json));
        return $"""
            {ResultTablesHtml.Answer(table, run.Study)}
            <p>{Reading(table)} Point at a number to see all of its digits.</p>
            {Pictures(section, pictures)}
            {Folded("Beside the paper’s numbers", run.Study.Published?.ToHtml(table) ?? "")}
            {Folded("Guidances before postprocessing, metric by metric", SweepTablesHtml.OfGuidances(table, run.Study))}
            {Folded("Postprocessing, metric by metric", Html.Join(table.Guidances.Where(guidance => table.StagesOf(guidance).Count > 1), guidance => SweepTablesHtml.OfStages(table, guidance, run.Study.Suffix(guidance))))}
            {Folded("Every number", Html.Join(table.Guidances, guidance => ResultTablesHtml.Everything(table, guidance)))}
            {Folded("What the metrics mean", ResultTablesHtml.Meanings(table))}
            {Fingerprint(run.Results)}
            <p><a class="download" download="results.json" href="data:application/json;base64,{json}">Download results.json</a> ({Text.Count(run.Results.Rows.Count)} numbers)</p>
            """;

        static string Folded(string summary, string body) => body.Length == 0 ? "" : Html.Details(summary, body);
    }

    /// <summary>Numbers of images compare only where they were measured alike.</summary>
    private static string Fingerprint(RunResults results) => results.Fingerprint.Count == 0 ? ""
        : $"<p class=\"fingerprint\">Measured with {Html.Encode(string.Join("; ", results.Fingerprint.Select(entry => $"{entry.Name} {entry.Value}")))}.</p>";

    /// <summary>How the table is to be read.</summary>
    private static string Reading(ResultTable table)
    {
        var sentences = new List<string>();
        if (table.StageNames.Count > 1) sentences.Add("“Before” is guided sampling as it is.");
        if (table.StageNames.Contains(Stages.Individual)) sentences.Add("“Individual” has a postprocessor for each scale.");
        if (table.StageNames.Contains(Stages.OneForAll)) sentences.Add("“One-for-all” has a single postprocessor for every scale.");
        if (table.StageNames.Any(stage => stage.Contains('@'))) sentences.Add("After “@” stands how a postprocessor is applied.");
        if (table.HasFloor && LeadingMetric.Answer(table).Direction != 0) sentences.Add("The floor is a second real sample measured like a generated one: past it samples are nearer to the data than data is, which is no better.");
        if (table.StageNames.Count > 1) sentences.Add($"The best stage of each guidance{(table.HasFloor ? ", the nearest to the floor," : "")} is <b class=\"best\">marked</b>.");
        return string.Join(" ", sentences);
    }

    private static string Pictures(ReportSection section, IReadOnlyDictionary<string, PagePicture> pictures) =>
        Pictures(section.Figures, pictures) + Html.Join(section.Reading, text => $"<p>{Html.Encode(text)}</p>\n") + Html.Join(section.Folds, fold => Html.Details(fold.Summary, Pictures(fold.Figures, pictures)));

    private static string Pictures(IReadOnlyList<Figure> figures, IReadOnlyDictionary<string, PagePicture> pictures) =>
        Html.Join(figures, figure => Html.Figure(figure, pictures[figure.Name]));

    private static string Settings(RunFolder run) => $"""
        <dl class="settings">
        <dt>Study</dt><dd>{Html.Encode(run.Results.Study)}</dd>
        <dt>Preset</dt><dd>{Html.Encode(run.Results.Preset ?? "none")}</dd>
        <dt>Seed</dt><dd>{Html.Encode(run.Results.Seed)}</dd>
        <dt>Duration</dt><dd>{Text.Duration(run.Results.Seconds)}</dd>
        {Html.Join(run.Results.Versions, version => $"<dt>{Html.Encode(version.Name)}</dt><dd>{Html.Encode(version.Version)}</dd>\n")}</dl>
        {Html.Details("Settings: study.yaml, with its preset and every change folded in", $"<pre>{Html.Encode(run.StudyText)}</pre>")}
        """;
}
