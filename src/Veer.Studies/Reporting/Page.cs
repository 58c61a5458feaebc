using System.Text;

namespace Veer.Studies.Reporting;

/// <summary>The page: every section whose files are there, in one self-contained document.</summary>
internal static class Page
{
    public static string Write(RunFolder run, ResultTable table, IReadOnlyList<ReportSection> sections, IReadOnlyDictionary<string, byte[]> pictures)
    {
        using var style = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream("report.css")!);
        var numbers = sections.FirstOrDefault(section => section.Id == "distance");
        var shown = sections.Where(section => section.Id != "distance" && section.Figures.Count > 0).ToList();
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
            <nav aria-label="Sections"><a href="#numbers">Numbers</a>{links}<a href="#run">The run</a></nav>
            <main>
            {Numbers(run, table, numbers is null ? "" : Pictures(numbers, pictures))}
            {Html.Join(shown, section => Html.Section(section.Id, section.Heading, Lead(section) + Pictures(section, pictures)))}
            {Html.Section("run", "The run", Settings(run))}
            </main>
            <footer>Made by Veer from the files in this folder. Rebuild with <code>veer report</code> and the folder's name.</footer>
            </body>
            </html>

            """;
    }

    private static string Header(RunFolder run, ResultTable table)
    {
        var headlines = table.Metrics.Any(metric => metric.Name == MetricInfo.NearestDistance)
            ? table.Guidances.Select(guidance => (Guidance: guidance, Headline: new Headline(table, guidance))).ToList()
            : [];
        var tiles = headlines.FirstOrDefault().Headline?.Tiles() ?? [];
        var paragraphs = headlines.Select(entry => (entry.Guidance, Text: entry.Headline.Paragraph())).Where(entry => entry.Text.Length > 0);
        string[] facts =
        [
            $"study <b>{Html.Encode(run.Results.Study)}</b>",
            .. run.Results.Preset is { } preset ? [$"preset <b>{Html.Encode(preset)}</b>"] : Array.Empty<string>(),
            $"seed <b>{Html.Encode(run.Results.Seed)}</b>",
            $"took <b>{Text.Duration(run.Results.Seconds)}</b>",
        ];
        return $"""
            <header>
            <h1>{Html.Encode(run.Title)}</h1>
            {(run.Summary is { } summary ? $"<p class=\"description\">{Html.Encode(summary)}</p>" : "")}
            <p class="facts">{string.Join("", facts.Select(fact => $"<span>{fact}</span>"))}</p>
            <div class="tiles">{Html.Join(tiles, Tile)}</div>
            {Html.Join(paragraphs, entry => Paragraph(entry.Guidance, entry.Text))}
            </header>
            """;

        string Paragraph(string guidance, string text)
        {
            string about = table.Guidances.Count > 1 ? $"<b>{Html.Encode(Text.Capitalize(guidance))}.</b> " : "";
            return $"<p class=\"lead\">{about}{Html.Encode(text)}</p>\n";
        }
    }

    private static string Tile(Headline.Tile tile) => $"""
        <div class="tile{(tile.IsBetter ? "" : " worse")}">
        <strong>{Html.Encode(tile.Number)}</strong> <span>{Html.Encode(tile.Label)}</span> <small>{Html.Encode(tile.Detail)}</small>
        </div>
        """;

    private static string Numbers(RunFolder run, ResultTable table, string figures)
    {
        if (table.Metrics.Count == 0) return Html.Section("numbers", "Numbers", "<p>This run left no numbers.</p>");
        string json = Convert.ToBase64String(Encoding.UTF8.GetBytes(run.Results.Json));
        string floor = table.HasFloor
            ? " The floor is a second real sample measured like a generated one. "
                + "A distance below its floor means that samples sit closer to the real points than other real points do."
            : "";
        return Html.Section("numbers", "Numbers", $"""
            <p>“Before” is guided sampling as it is; “individual” has a postprocessor for each scale, “one-for-all” a single one for every scale.
            The best stage is <b class="best">marked</b>.{floor} Point at a number to see all of its digits.</p>
            {Html.Join(table.Guidances, guidance => ResultTablesHtml.Summary(table, guidance, table.Metrics[0]))}
            {figures}
            {Html.Join(table.Guidances, guidance => ResultTablesHtml.Everything(table, guidance))}
            {Html.Details("What the metrics mean", ResultTablesHtml.Meanings(table))}
            <p><a class="download" download="results.json" href="data:application/json;base64,{json}">Download results.json</a> ({Text.Count(run.Results.Rows.Count)} numbers)</p>
            """);
    }

    private static string Lead(ReportSection section) => Html.Join(section.Lead, text => $"<p>{Html.Encode(text)}</p>\n");

    private static string Pictures(ReportSection section, IReadOnlyDictionary<string, byte[]> pictures) =>
        Html.Join(section.Figures, figure => Html.Figure(figure, pictures[figure.Name]));

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
