using System.Text.RegularExpressions;
using Veer.Studies.Reporting.Drawing;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Studies with many stages or guidances.</summary>
public sealed class ReportSweepTests(ReportSweepTests.Built built) : IClassFixture<ReportSweepTests.Built>
{
    [Fact]
    public void A_sweep_has_a_row_for_every_stage_and_a_column_for_every_scale_seen_or_not()
    {
        string[] captions = ["Distance to nearest real point", "Sliced Wasserstein-2", "Seconds", "Evaluations"];
        int[] places = [.. captions.Select(caption => Table(caption).Index)];
        Assert.Equal(places.Order(), places);
        foreach (string caption in captions)
        {
            string table = Table(caption).Value;
            string[] stages = [.. caption == "Evaluations" ? [] : (string[])["before"], .. ReportSweepFolder.Variants];
            Assert.Equal(["1", "1.5", "3", "4"], Regex.Matches(table, "<th scope=\"col\">w = (.+?)</th>").Select(match => match.Groups[1].Value));
            Assert.Equal(stages, Regex.Matches(table, "<tr><th scope=\"row\">(.+?)</th>").Select(match => match.Groups[1].Value));
        }
    }

    [Fact]
    public void Seconds_are_also_a_share_of_the_sampling_time()
    {
        string row = Regex.Match(Table("Seconds").Value, "<th scope=\"row\">one-for-all@euler-4</th>.*").Value;

        Assert.Contains("1.30 <small>(6.5 %)</small>", row, StringComparison.Ordinal);
        Assert.DoesNotContain("%", Regex.Match(Table("Seconds").Value, "<th scope=\"row\">before</th>.*").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_of_each_column_is_marked()
    {
        var marked = Regex.Matches(Table("Sliced Wasserstein-2").Value, "<tr><th scope=\"row\">(?<stage>[^<]+)</th>(?<cells>.*)")
            .Where(row => row.Groups["cells"].Value.Contains("best", StringComparison.Ordinal)).Select(row => row.Groups["stage"].Value);

        Assert.Equal(["balanced"], marked);
    }

    [Fact]
    public void Scatter_plots_show_three_postprocessors_and_say_that_there_are_more()
    {
        Assert.Contains("then the same samples before, individual, one-for-all and balanced.", built.Stages.Page, StringComparison.Ordinal);
        Assert.Contains("7 more stages were measured", built.Stages.Page, StringComparison.Ordinal);
        Assert.Contains("The dark line is the decision boundary at the last state.", built.Stages.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_stages_share_eight_lines_of_the_distance_chart() =>
        Assert.Contains("8 of 11 stages are drawn", built.Stages.Page, StringComparison.Ordinal);

    [Fact]
    public void Many_guidances_are_compared_in_sight_and_their_details_folded_away()
    {
        string page = built.Guidances.Page, open = Regex.Replace(page, "<details>.*?</details>", "", RegexOptions.Singleline);

        Assert.Contains("figures/fidelity-coverage.png", open, StringComparison.Ordinal);
        // Samples and trajectories of one guidance, and one chart of all.
        Assert.Equal(3, Regex.Count(open, "<figure"));
        Assert.Equal(1 + 5 + 10 + 5 + 1 + 2, Regex.Count(page, "<figure"));
        Assert.Contains("Annealing at w = 1 and 5</summary>", page, StringComparison.Ordinal);
        Assert.Contains("Trajectories of 4 more guidances</summary>", page, StringComparison.Ordinal);
        Assert.True(page.Length < 6_000_000, $"{page.Length} bytes");
    }

    [Fact]
    public void Fidelity_is_set_against_coverage_only_where_there_is_something_to_compare()
    {
        using var run = ReportRunFolder.Plane();
        run.Build();

        Assert.True(File.Exists(built.Stages.At("figures/fidelity-coverage.svg")));
        Assert.False(File.Exists(run.At("figures/fidelity-coverage.svg")));
    }

    [Fact]
    public void Stages_and_guidances_of_a_chart_never_share_a_colour()
    {
        string[] stages = ["before", .. ReportSweepFolder.Variants];

        Assert.Equal(10, stages.Take(10).Select(stage => ReportPalette.Stage(stage, stages)).Distinct().Count());
        Assert.Equal(5, ReportSweepFolder.Guidances.Select(name => ReportPalette.Guidance(name, ReportSweepFolder.Guidances)).Distinct().Count());
    }

    private Match Table(string caption) =>
        Regex.Match(built.Stages.Page, $"<caption>{caption}[^<]*</caption>.*?</table>", RegexOptions.Singleline) is { Success: true } match
            ? match : throw new InvalidOperationException($"no table {caption}");

    /// <summary>Two reports, built once for all tests that only look at them.</summary>
    public sealed class Built : IDisposable
    {
        public Built()
        {
            Stages.Build();
            Guidances.Build();
        }

        internal ReportRunFolder Stages { get; } = ReportSweepFolder.Stages();

        internal ReportRunFolder Guidances { get; } = ReportSweepFolder.ManyGuidances();

        public void Dispose()
        {
            Stages.Dispose();
            Guidances.Dispose();
        }
    }
}
