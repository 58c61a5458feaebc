using System.Text;

namespace Veer.Studies.Reporting;

/// <summary>The page: every section whose files are there, in one self-contained document.</summary>
internal static class Page
{
    /// <summary>With more guidances than this their paragraphs are set small.</summary>
    private const int MostLeads = 2;

    public static string Write(RunFolder run, ResultTable table, IReadOnlyList<ReportSection> sections, IReadOnlyDictionary<string, PagePicture> pictures)
    {
        using var style = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream("report.css")!);
        var numbers = sections.FirstOrDefault(section => section.Id == ReportFigures.Numbers);
        var shown = sections.Where(section => section.Id != ReportFigures.Numbers && section.All.Any()).ToList();
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
        var headlines = LeadingMetric.Of(table) is not null ? table.Guidances.Select(guidance => new Headline(table, guidance)).ToList() : [];
        var tiles = headlines.FirstOrDefault()?.Tiles() ?? [];
        var paragraphs = table.Guidances.Index().Select(guidance => (Guidance: guidance.Item, Text: string.Join(" ", Findings(guidance.Item, guidance.Index))))
            .Where(entry => entry.Text.Length > 0);
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
            <div class="tiles">{Html.Join(tiles, Tile)}</div>
            {Html.Join(paragraphs, entry => Paragraph(entry.Guidance, entry.Text))}
            </header>
            """;

        // Of images their quality comes first, of points what bends their paths.
        IEnumerable<string> Findings(string guidance, int index)
        {
            string paths = new TrajectoryHeadline(table, run.Study, guidance).Paragraph();
            string[] quality = [headlines.Count > 0 ? headlines[index].Paragraph() : "", SweepHeadline.Paragraph(table, guidance)];
            string[] findings = table.Has(MetricInfo.Frechet) ? [.. quality, paths] : [paths, .. quality];
            return findings.Where(text => text.Length > 0);
        }

        string Paragraph(string guidance, string text)
        {
            string name = Text.Capitalize(guidance) + run.Study.Suffix(guidance);
            string about = table.Guidances.Count > 1 || name.Length > guidance.Length ? $"<b>{Html.Encode(name)}.</b> " : "";
            return $"<p class=\"{(table.Guidances.Count > MostLeads ? "finding" : "lead")}\">{about}{Html.Encode(text)}</p>\n";
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
        string marked = table.StageNames.Count > 1 ? """ The best stage is <b class="best">marked</b>.""" : "";
        string floor = table.HasFloor
            ? " The floor is a second real sample measured like a generated one. "
                + "A distance to the nearest real point below its floor means that samples sit closer to the real points than other real points do."
            : "";
        return Html.Section("numbers", "Numbers", $"""
            <p>{Html.Encode(NumbersLead(table))}{marked}{floor} Point at a number to see all of its digits.</p>
            {figures}
            {run.Study.Published?.ToHtml(table)}
            {ResultTablesHtml.All(table, run.Study)}
            {Fingerprint(run.Results)}
            {Html.Details("What the metrics mean", ResultTablesHtml.Meanings(table))}
            <p><a class="download" download="results.json" href="data:application/json;base64,{json}">Download results.json</a> ({Text.Count(run.Results.Rows.Count)} numbers)</p>
            """);
    }

    /// <summary>Numbers of images compare only where they were measured alike.</summary>
    private static string Fingerprint(RunResults results) => results.Fingerprint.Count == 0 ? ""
        : $"<p class=\"fingerprint\">Measured with {Html.Encode(string.Join("; ", results.Fingerprint.Select(entry => $"{entry.Name} {entry.Value}")))}.</p>";

    private static string NumbersLead(ResultTable table)
    {
        var sentences = new List<string> { "“Before” is guided sampling as it is." };
        if (table.StageNames.Contains(Stages.Individual)) sentences.Add("“Individual” has a postprocessor for each scale.");
        if (table.StageNames.Contains(Stages.OneForAll)) sentences.Add("“One-for-all” has a single postprocessor for every scale.");
        if (table.StageNames.Any(stage => stage.Contains('@'))) sentences.Add("After “@” stands how a postprocessor is applied.");
        return string.Join(" ", sentences);
    }

    private static string Lead(ReportSection section) => Html.Join(section.Lead, text => $"<p>{Html.Encode(text)}</p>\n");

    private static string Pictures(ReportSection section, IReadOnlyDictionary<string, PagePicture> pictures) =>
        Pictures(section.Figures, pictures) + Html.Join(section.Folds, fold => Html.Details(fold.Summary, Pictures(fold.Figures, pictures)));

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
