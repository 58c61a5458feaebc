using Veer.Studies.Reporting;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportTrajectoryHeadlineTests
{
    private const string Study = """
        title: A study
        guidances:
          learned: { kind: classifier-free, denoiser: base }
          exact: { kind: classifier-free, denoiser: exact }
          linear: { kind: classifier, denoiser: exact, classifier: linear }
          autoguided: { kind: autoguidance, denoiser: exact, guide: exact }
          plain:
        """;

    [Fact]
    public void Verbs_follow_the_numbers() => Assert.Equal(
        "From w = 1 to w = 10 the mean distance of the trajectories to the decision boundary grows from 1.00 to 2.50 (least distance: from 0.500 to 0.250); "
        + "paths’ bend stays at 1.22 (before: 1.20); Wasserstein-1 to the true distribution falls from 0.500 to 0.400.",
        Headline("plain",
            ("plain", 1, "boundary-distance", 1), ("plain", 10, "boundary-distance", 2.5),
            ("plain", 1, "boundary-least-distance", 0.5), ("plain", 10, "boundary-least-distance", 0.25),
            ("plain", 1, "bend", 1.2), ("plain", 10, "bend", 1.22), ("plain", 1, "wasserstein-1", 0.5), ("plain", 10, "wasserstein-1", 0.4)));

    [Theory]
    [InlineData(2.5, 1, "falls from 2.50 to 1.00")]
    [InlineData(1, 1.01, "stays at 1.01 (before: 1.00)")]
    public void A_distance_that_does_not_grow_is_not_said_to_grow(double first, double last, string words) =>
        Assert.Contains(words, Headline("plain", ("plain", 1, "boundary-distance", first), ("plain", 3, "boundary-distance", last)), StringComparison.Ordinal);

    [Fact]
    public void Growth_that_turns_back_between_is_owned_up_to()
    {
        string wavering = Headline("plain", ("plain", 1, "boundary-distance", 1), ("plain", 2, "boundary-distance", 0.8), ("plain", 3, "boundary-distance", 2));
        string steady = Headline("plain", ("plain", 1, "boundary-distance", 1), ("plain", 2, "boundary-distance", 1.5), ("plain", 3, "boundary-distance", 2));

        Assert.Contains("not at every step", wavering, StringComparison.Ordinal);
        Assert.DoesNotContain("not at every step", steady, StringComparison.Ordinal);
    }

    [Fact]
    public void One_scale_says_nothing() => Assert.Equal("", Headline("plain", ("plain", 1, "boundary-distance", 1)));

    [Fact]
    public void A_learned_guidance_stands_beside_its_closed_form_at_the_largest_common_scale()
    {
        (string, double, string, double)[] rows =
        [
            ("learned", 1, "boundary-distance", 1), ("learned", 5, "boundary-distance", 2), ("learned", 10, "boundary-distance", 3),
            ("exact", 1, "boundary-distance", 1.1), ("exact", 5, "boundary-distance", 2.2),
        ];

        Assert.EndsWith("At w = 5 the closed form of the same kind, exact, has a mean distance to the boundary of 2.20 (here 2.00): the difference is what learned models add.",
            Headline("learned", rows), StringComparison.Ordinal);
        Assert.DoesNotContain("closed form", Headline("exact", rows), StringComparison.Ordinal);
        Assert.DoesNotContain("closed form", Headline("learned", [.. rows.Where(row => row.Item1 == "learned")]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("learned", "")]
    [InlineData("exact", " (closed form)")]
    [InlineData("linear", " (closed form with a learned classifier)")]
    [InlineData("autoguided", " (closed form)")]
    [InlineData("plain", "")]
    [InlineData("unknown", "")]
    public void Guidances_of_closed_form_are_named_so(string guidance, string suffix) => Assert.Equal(suffix, StudyNotes.Read("study.yaml", Study).Suffix(guidance));

    [Theory]
    [InlineData("Of 3 variants at w = 3, nearest has the lowest distance to the nearest real point (2.00) and the lowest sliced Wasserstein-2 (0.500).", 0.5, 0.9)]
    [InlineData("Of 3 variants at w = 3, nearest has the lowest distance to the nearest real point (2.00) and balanced has the lowest sliced Wasserstein-2 (0.500).", 0.9, 0.5)]
    public void The_best_variants_of_a_sweep_are_named(string sentence, double nearest, double balanced)
    {
        ResultRow[] rows =
        [
            Row("before", "nn-distance", 1), Row("nearest", "nn-distance", 2), Row("balanced", "nn-distance", 3), Row("random", "nn-distance", 4),
            Row("before", "sliced-wasserstein-2", 0.1), Row("nearest", "sliced-wasserstein-2", nearest), Row("balanced", "sliced-wasserstein-2", balanced), Row("random", "sliced-wasserstein-2", 1),
        ];

        Assert.Equal(sentence, SweepHeadline.Paragraph(new ResultTable(rows), "a"));
        Assert.Equal("", SweepHeadline.Paragraph(new ResultTable([.. rows.Where(row => row.Stage != "random")]), "a"));

        static ResultRow Row(string stage, string metric, double value) => new("a", 3, "all", stage, metric, value);
    }

    private static string Headline(string guidance, params (string Guidance, double Scale, string Metric, double Value)[] rows) => new TrajectoryHeadline(
        new ResultTable([.. rows.Select(row => new ResultRow(row.Guidance, row.Scale, "all", "before", row.Metric, row.Value))]),
        StudyNotes.Read("study.yaml", Study), guidance).Paragraph();
}
