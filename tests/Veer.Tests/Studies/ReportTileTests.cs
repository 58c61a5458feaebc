using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Html;
using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>What the numbers say at a glance: tiles, and which value of several is called the best.</summary>
public sealed class ReportTileTests
{
    [Fact]
    public void The_tiles_give_the_cut_of_each_class_at_the_scale_that_people_use()
    {
        var tiles = Tiles((10, "0", 50e-3, 40e-3), (10, "1", 50e-3, 40e-3), (3, "0", 11.7e-3, 2.44e-3), (3, "1", 6.51e-3, 1.28e-3), (1, "0", 5.95e-3, 3.11e-3), (1, "1", 5e-3, 5.05e-3));

        Assert.Equal(["4.8×", "5.1×"], tiles.Select(tile => tile.Number));
        Assert.Equal(["Class 0, classifier-free, one-for-all, w = 3: 11.7 → 2.44 ×10⁻³", "Class 1, classifier-free, one-for-all, w = 3: 6.51 → 1.28 ×10⁻³"], tiles.Select(tile => tile.Detail));
        Assert.All(tiles, tile => Assert.True(tile.IsBetter));
    }

    [Fact]
    public void The_tiles_own_up_when_postprocessing_makes_it_worse()
    {
        var tiles = Tiles((1, "0", 2e-3, 5e-3), (1, "1", 2e-3, 2.01e-3));

        Assert.All(tiles, tile => Assert.False(tile.IsBetter));
        Assert.Equal(["farther from real data", "no change"], tiles.Select(tile => tile.Label));
    }

    [Theory]
    [InlineData(8e-3, 2e-3, true, "; real against real 1.50")]
    [InlineData(8e-3, 1.4e-3, true, ", below the floor of 1.50")]
    [InlineData(1.6e-3, 1e-3, false, ", below the floor of 1.50")]
    [InlineData(1e-3, 1.4e-3, true, ", below the floor of 1.50")]
    public void Nearer_to_the_floor_is_better_and_what_lies_below_it_is_said_to(double before, double after, bool better, string floor)
    {
        var rows = Rows((3, "0", before, after)).Append(new ResultRow("none", 0, "0", "real", "nn-distance", 1.5e-3)).ToList();
        var tile = Assert.Single(Tile.All(new ResultTable(rows), new()));

        Assert.Equal(better, tile.IsBetter);
        Assert.EndsWith(floor, tile.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_postprocessing_there_are_no_tiles() =>
        Assert.Empty(Tile.All(new ResultTable([.. Rows((3, "0", 8e-3, 2e-3)).Where(row => row.Stage == "before")]), new()));

    [Theory]
    [InlineData("nn-distance", null, 2)]
    [InlineData("log-density", null, 8)]
    [InlineData("bend", null, null)]
    [InlineData("nn-distance", 6.0, 8)]
    [InlineData("frechet", 1.9, 2)]
    [InlineData("label-agreement", 3.0, 2)]
    [InlineData("recall", double.NaN, 8)]
    public void The_best_value_follows_the_metrics_direction_and_is_nearest_to_the_floor(string metric, double? floor, int? best) =>
        Assert.Equal(best is { } value ? [value] : [], MetricInfo.Of(metric).Best([8, 2, null, double.NaN], floor));

    [Theory]
    [InlineData("frechet", 1.31, 1.48, "below the floor")]
    [InlineData("frechet", 1.48, 1.48, "")]
    [InlineData("precision", 0.9, 0.84, "above the floor")]
    [InlineData("precision", 0.8, 0.84, "")]
    [InlineData("bend", 0.8, 0.84, "")]
    [InlineData("frechet", 1.31, null, "")]
    public void A_value_past_the_floor_is_told_apart(string metric, double value, double? floor, string words) =>
        Assert.Equal(words, MetricInfo.Of(metric).PastFloor(value, floor));

    [Fact]
    public void Every_table_marks_what_is_nearest_to_the_floor_and_says_what_lies_below_it()
    {
        ResultRow[] rows =
        [
            new("none", 0, "all", "real", "frechet", 1.48), new("a", 3, "all", "before", "frechet", 1.6), new("a", 3, "all", "individual", "frechet", 1.31),
            new("b", 3, "all", "before", "frechet", 1.31), new("b", 3, "all", "individual", "frechet", 1.4),
        ];
        var table = new ResultTable(rows);
        var notes = new StudyNotes();
        string[] tables =
        [
            ScaleTables.Answer(table, notes),
            ScaleTables.OfStages(table, "a", notes) + ScaleTables.OfStages(table, "b", notes),
            EveryNumber.Write(table, "a", notes) + EveryNumber.Write(table, "b", notes),
        ];

        Assert.All(tables, html =>
        {
            Assert.Equal(["1.6", "1.4"], System.Text.RegularExpressions.Regex.Matches(html, "<td class=\"best\" title=\"([^\"]+)\"").Select(match => match.Groups[1].Value));
            Assert.Equal(3, html.Split("<small>below the floor</small>").Length - 1);
        });
    }

    [Fact]
    public void Where_few_stages_can_be_shown_a_postprocessor_goes_before_another_strength_of_one()
    {
        string[] stages = ["before", "nearest", "nearest@chosen", "one-for-all", "one-for-all@chosen", "told", "told@chosen", "told-balanced"];
        Assert.Equal(["before", "nearest", "one-for-all", "told-balanced"], Stages.Preferred(stages, 3));
        Assert.Equal(["before", "nearest", "one-for-all", "told", "told-balanced"], Stages.Preferred(stages, 4));
    }

    [Theory]
    [InlineData(new[] { 1, 1.5, 2, 2.5, 3, 4, 10 }, 3)]
    [InlineData(new[] { 1.0, 2 }, 2)]
    [InlineData(new[] { 1.0, 10 }, 10)]
    [InlineData(new[] { 0.5, 1 }, 1)]
    public void The_scale_that_people_use_is_near_three_and_guides(double[] scales, double usual) => Assert.Equal(usual, scales.MinBy(Stages.Unusualness));

    private static IReadOnlyList<Tile> Tiles(params (double Scale, string Class, double Before, double After)[] changes) => Tile.All(new ResultTable([.. Rows(changes)]), new());

    private static IEnumerable<ResultRow> Rows(params (double Scale, string Class, double Before, double After)[] changes) => changes.SelectMany(change => (ResultRow[])
    [
        new("classifier-free", change.Scale, change.Class, "before", "nn-distance", change.Before),
        new("classifier-free", change.Scale, change.Class, "one-for-all", "nn-distance", change.After),
    ]);
}
