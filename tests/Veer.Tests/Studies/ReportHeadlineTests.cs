using Veer.Studies.Reporting;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportHeadlineTests
{
    [Fact]
    public void The_headline_gives_the_cut_of_each_class_at_the_largest_scale()
    {
        string text = Headline((3, "0", 11.7e-3, 2.44e-3), (3, "1", 6.51e-3, 1.28e-3), (1, "0", 5.95e-3, 3.11e-3), (1, "1", 5e-3, 5.05e-3)).Paragraph();

        Assert.StartsWith("At scale 3 postprocessing (one-for-all) cuts the mean distance to the nearest held-out real point 4.8× (class 0: 11.7 → 2.44 ×10⁻³) and 5.1× (class 1: 6.51 → 1.28 ×10⁻³).", text, StringComparison.Ordinal);
        Assert.Contains("At scale 1 it cuts that distance 1.9× (class 0: 5.95 → 3.11 ×10⁻³) and hardly changes it (class 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_headline_owns_up_when_postprocessing_makes_it_worse()
    {
        var headline = Headline((1, "0", 2e-3, 5e-3), (1, "1", 2e-3, 3e-3));

        Assert.StartsWith("At scale 1 postprocessing (one-for-all) raises the mean distance to the nearest held-out real point 2.5×", headline.Paragraph(), StringComparison.Ordinal);
        Assert.All(headline.Tiles(), tile => Assert.False(tile.IsBetter));
        Assert.Contains("farther from real data", headline.Tiles()[0].Label, StringComparison.Ordinal);
    }

    [Fact]
    public void The_floor_stands_beside_the_cut()
    {
        var rows = Rows((3, "0", 8e-3, 2e-3)).Append(new ResultRow("none", 0, "0", "real", "nn-distance", 1.5e-3)).ToList();

        Assert.Contains("The floor, a second real sample measured the same way, is 1.50 ×10⁻³ (class 0).", new Headline(new ResultTable(rows), "classifier-free").Paragraph(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_postprocessing_there_is_no_headline()
    {
        var rows = Rows((3, "0", 8e-3, 2e-3)).Where(row => row.Stage == "before").ToList();
        var headline = new Headline(new ResultTable(rows), "classifier-free");

        Assert.Equal("", headline.Paragraph());
        Assert.Empty(headline.Tiles());
    }

    [Theory]
    [InlineData("nn-distance", "one-for-all")]
    [InlineData("log-density", "before")]
    [InlineData("bend", null)]
    public void The_best_stage_follows_the_metrics_direction(string metric, string? best)
    {
        var table = new ResultTable([.. Rows((2, "0", 8, 2)).Select(row => row with { Metric = metric })]);

        Assert.Equal(best is null ? [] : [best], table.Best("classifier-free", 2, "0", MetricInfo.Of(metric)));
    }

    private static Headline Headline(params (double Scale, string Class, double Before, double After)[] changes) =>
        new(new ResultTable([.. Rows(changes)]), "classifier-free");

    private static IEnumerable<ResultRow> Rows(params (double Scale, string Class, double Before, double After)[] changes) => changes.SelectMany(change => (ResultRow[])
    [
        new("classifier-free", change.Scale, change.Class, "before", "nn-distance", change.Before),
        new("classifier-free", change.Scale, change.Class, "one-for-all", "nn-distance", change.After),
    ]);
}
