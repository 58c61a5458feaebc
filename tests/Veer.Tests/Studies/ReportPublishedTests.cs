using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Html;
using Veer.Studies.Runs;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Numbers of a paper, quoted in study.yaml, beside those of the run.</summary>
public sealed class ReportPublishedTests
{
    private const string Quoted = """
        title: x
        published:
          title: "Tab. 9, FID"
          metric: frechet
          scales: [1, 2.5]
          rows: { before: [6.5, 13.25], one-for-all: [7, 8], dinov2: [1, 2] }
        """;

    [Fact]
    public void Each_row_of_the_paper_stands_above_the_runs_own()
    {
        var notes = StudyNotes.Read("study.yaml", Quoted);
        var table = new ResultTable([
            new("classifier-free", 1, "all", "before", "frechet", 40), new("classifier-free", 2.5, "all", "before", "frechet", 50),
            new("classifier-free", 2.5, "all", "one-for-all", "frechet", 30)]);
        string html = ScaleTables.OfPaper(table, notes.Published!);
        Assert.Contains("classifier-free: Tab. 9, FID, and this run", html, StringComparison.Ordinal);
        Assert.Equal(5, html.Split("<th scope=\"row\">").Length - 1);
        string[] order = ["paper, before", "this run, before", "paper, one-for-all", "this run, one-for-all", "paper, dinov2"];
        Assert.Equal(order, order.OrderBy(name => html.IndexOf(name, StringComparison.Ordinal)));
        Assert.DoesNotContain("this run, dinov2", html, StringComparison.Ordinal);
        Assert.Contains("title=\"13.25\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_did_not_measure_it_has_no_such_table()
    {
        var notes = StudyNotes.Read("study.yaml", Quoted);
        Assert.Equal("", ScaleTables.OfPaper(new ResultTable([new("classifier-free", 1, "all", "before", "nn-distance", 40)]), notes.Published!));
        Assert.Null(StudyNotes.Read("study.yaml", "title: x").Published);
    }

    [Theory]
    [InlineData("published: 5", "published: found a value that is no value of this field, expected a resolved study")]
    [InlineData("published: { title: a, metric: frechet, scales: [1], rows: { before: [1, 2] } }", "published.rows.before: found 2 numbers, expected 1")]
    [InlineData("published: { title: a, metric: frechet, scales: [x], rows: {} }", "published.scales[0]: found a value that is no number")]
    [InlineData("published: { metric: frechet, scales: [1], rows: {} }", "published: found no 'title'")]
    public void What_is_no_table_is_refused(string text, string message) => Refusal.Of(() => StudyNotes.Read("study.yaml", text), message);

    [Theory]
    [InlineData("mnist-judge", "mnist, test, 10000 images", "held-out real images (in the features of mnist-judge)")]
    [InlineData("pixels", "cifar10 (JPEG reference), test, 10000 images", "real images of the JPEG reference (in the features of pixels)")]
    [InlineData("inception", "cifar10, train, 50000 images", "training images (in the features of inception)")]
    public void The_report_says_in_what_and_against_what_images_were_measured(string features, string reference, string words)
    {
        var table = new ResultTable([new("a", 1, "all", "before", "frechet", 40)], new Dictionary<string, string> { ["features"] = features, ["reference"] = reference });
        Assert.Equal($"the Fréchet distance to {words}", LeadingMetric.Of(table)!.Words);
    }
}
