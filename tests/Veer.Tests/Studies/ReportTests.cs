using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Veer.Tests.Studies;

public sealed partial class ReportTests(ReportTests.BuiltReport built) : IClassFixture<ReportTests.BuiltReport>
{
    private readonly ReportRunFolder run = built.Run;

    private static readonly string[] PlaneSections = ["samples", "trajectories", "numbers", "denoiser", "training", "run"];

    [Fact]
    public void A_run_in_the_plane_gets_every_section_and_figure()
    {
        Assert.Equal(run.At("report.html"), built.Path);
        foreach (string section in PlaneSections) Assert.Contains($"<section id=\"{section}\">", run.Page, StringComparison.Ordinal);
        string[] figures =
        [
            "distance-classifier-free", "scatter-classifier-free-w1", "scatter-classifier-free-w2", "scatter-classifier-free-w3",
            "trajectories-classifier-free", "denoiser-error", "training",
        ];
        Assert.Equal(
            figures.SelectMany(name => (string[])[name + ".png", name + ".svg"]).Order(),
            Directory.GetFiles(run.At("figures")).Select(file => Path.GetFileName(file)).Order());
        Assert.Equal(figures.Length, Regex.Count(run.Page, "<img "));
        Assert.Equal(figures.Length, Regex.Count(run.Page, "alt=\"[^\"]{20,}\""));
    }

    [Fact]
    public void Pictures_come_first_at_a_usual_scale_then_one_table_and_one_chart_and_the_rest_is_folded()
    {
        string open = Regex.Replace(run.Page, "<details>.*?</details>", "", RegexOptions.Singleline);

        Assert.Equal(PlaneSections, Regex.Matches(run.Page, "<section id=\"(?<id>[^\"]+)\"").Select(match => match.Groups["id"].Value));
        Assert.Equal(["scatter-classifier-free-w3", "trajectories-classifier-free", "distance-classifier-free"], Regex.Matches(open, "href=\"figures/([^\"]+).png\"").Select(match => match.Groups[1].Value));
        Assert.Single(Regex.Matches(open, "<table"));
        Assert.True(open.IndexOf("<table", StringComparison.Ordinal) > open.IndexOf("trajectories-classifier-free.png", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_on_images_shows_sheets_of_images_instead_of_scatter_plots()
    {
        using var run = ReportRunFolder.Images(points: 60);
        run.Build();

        string[] figures = [.. Directory.GetFiles(run.At("figures"), "*.png").Select(file => Path.GetFileName(file))];
        Assert.Contains("images-classifier-free-w3.png", figures);
        Assert.DoesNotContain(figures, name => name.StartsWith("scatter", StringComparison.Ordinal));
        Assert.Contains("class=\"photograph\"", run.Page, StringComparison.Ordinal);
        Assert.Contains("The same for each of the 10 classes", run.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_asks_nothing_of_the_network()
    {
        Assert.All(Source().Matches(run.Page), match => Assert.Matches("^(data:|figures/|#)", match.Groups["to"].Value));
        Assert.DoesNotContain("url(", run.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", run.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", run.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_lead_to_files_and_sections_that_exist()
    {
        foreach (Match match in Source().Matches(run.Page))
        {
            string to = match.Groups["to"].Value;
            if (to.StartsWith("figures/", StringComparison.Ordinal)) Assert.True(File.Exists(run.At(to)), to);
            if (to.StartsWith('#')) Assert.Contains($"id=\"{to[1..]}\"", run.Page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_number_of_the_results_stands_in_the_tables()
    {
        var shown = Cell().Matches(run.Page).Select(match => match.Groups["value"].Value).ToHashSet();
        using var results = JsonDocument.Parse(File.ReadAllText(run.At("results.json")));
        var rows = results.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.All(rows, row => Assert.Contains(row.GetProperty("value").GetDouble().ToString("R"), shown));
        // The rounded number in a cell is its whole number in the unit of the header.
        double before = Find(rows, 3, "0", "before", "nn-distance"), offClass = Find(rows, 2, "all", "individual", "off-class");
        Assert.Contains($"title=\"{before:R}\">{before * 1e3:F1}</td>", run.Page, StringComparison.Ordinal);
        Assert.Contains($"title=\"{offClass:R}\">{offClass * 1e2:F2}</td>", run.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_raw_results_travel_with_the_page()
    {
        string embedded = Regex.Match(run.Page, "href=\"data:application/json;base64,(?<json>[^\"]+)\"").Groups["json"].Value;
        Assert.Equal(File.ReadAllBytes(run.At("results.json")), Convert.FromBase64String(embedded));
    }

    [Fact]
    public void A_missing_file_leaves_its_section_out_and_no_other()
    {
        using var run = ReportRunFolder.Plane();
        File.Delete(run.At("samples/real.npz"));
        File.Delete(run.At("models/base/denoiser-error.json"));
        run.Build();

        foreach (string section in PlaneSections)
        {
            bool expected = section is not ("samples" or "denoiser");
            Assert.Equal(expected, run.Page.Contains($"<section id=\"{section}\">", StringComparison.Ordinal));
            Assert.Equal(expected, run.Page.Contains($"href=\"#{section}\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Numbers_alone_make_a_report()
    {
        using var run = ReportRunFolder.Plane();
        foreach (string folder in (string[])["samples", "models", "generated"]) Directory.Delete(run.At(folder), recursive: true);
        run.Build();

        Assert.Equal(["numbers", "run"], Regex.Matches(run.Page, "<section id=\"(?<id>[^\"]+)\"").Select(match => match.Groups["id"].Value));
    }

    [Fact]
    public void A_report_built_again_is_the_same_rewrites_no_file_and_leaves_nothing_half_written()
    {
        string first = run.Page;
        byte[] figure = File.ReadAllBytes(run.At("figures/scatter-classifier-free-w1.svg"));
        string[] written = [run.At("report.html"), .. Directory.GetFiles(run.At("figures"))];
        foreach (string file in written) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        run.Build();

        Assert.All(written, file => Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file)));
        Assert.Equal(first, run.Page);
        Assert.Equal(figure, File.ReadAllBytes(run.At("figures/scatter-classifier-free-w1.svg")));
        Assert.Empty(Directory.GetFiles(run.Root, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void Names_from_files_cannot_break_the_page()
    {
        using var run = ReportRunFolder.Plane();
        Directory.Delete(run.At("samples"), recursive: true);
        run.Write("study.yaml", "title: \"<script>alert(1)</script>\"\n");
        run.Build();

        Assert.DoesNotContain("<script", run.Page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", run.Page, StringComparison.Ordinal);
    }

    private static double Find(List<JsonElement> rows, double scale, string name, string stage, string metric) =>
        rows.Single(row => row.GetProperty("scale").GetDouble() == scale && row.GetProperty("class").GetString() == name
            && row.GetProperty("stage").GetString() == stage && row.GetProperty("metric").GetString() == metric).GetProperty("value").GetDouble();

    /// <summary>A report that is built once for all tests that only look at it.</summary>
    public sealed class BuiltReport : IDisposable
    {
        public BuiltReport() => Path = Run.Build();

        internal ReportRunFolder Run { get; } = ReportRunFolder.Plane(points: 200, sampledScales: [1, 2, 3]);

        public string Path { get; }

        public void Dispose() => Run.Dispose();
    }

    [GeneratedRegex("(?:src|href|srcset|action|data|poster)=\"(?<to>[^\"]*)\"")]
    private static partial Regex Source();

    [GeneratedRegex("<td[^>]* title=\"(?<value>[^\"]+)\"")]
    private static partial Regex Cell();
}
