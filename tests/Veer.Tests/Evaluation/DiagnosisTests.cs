using Veer.Data;
using Veer.Evaluation;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Evaluation;

/// <summary>Samples of which it is known what is wrong with them: the words say it.</summary>
public class DiagnosisTests
{
    private const int Count = 600;

    [Fact]
    public void Two_halves_of_a_set_are_not_to_be_told_apart() => Says(Drawn.Modes("samples", Count), "not to be told from real points");

    [Fact]
    public void The_reference_itself_is_nearer_than_any_new_sample() => Says(Drawn.Modes("real", Count), "nearer to the reference than real points are");

    [Fact]
    public void What_hangs_on_the_number_of_real_points_is_not_held_against_a_part_of_them()
    {
        using var scope = NewDisposeScope();
        LabeledData Normal(string name) => LabeledData.OfOneClass(RandomKey.From(0, name).Normal(0, Count, [128]));
        var found = SampleEvaluation.Run(Normal("samples"), Normal("real"), new() { Subsets = 5, Metrics = ["frechet-infinity", "kernel"] });
        Assert.True(found.Floor!.Find("frechet-infinity")!.Value.Value > 1.5 * found.Sets[0].Find("frechet-infinity")!.Value.Value);
        Assert.StartsWith("not to be told from real points by the only number", Assert.Single(found.Sets[0].Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_never_moves_is_told_from_another_that_never_moves()
    {
        using var scope = NewDisposeScope();
        LabeledData Lattice(string name, double place) => LabeledData.OfOneClass((RandomKey.From(0, name).Normal(0, 400, [2]) * 10).to(ScalarType.Int64).remainder(3).to(ScalarType.Float32) + place);
        foreach (var unseen in (LabeledData?[])[null, Lattice("unseen", 0)])
        {
            var findings = SampleEvaluation.Run(Lattice("samples", 0.5), Lattice("real", 0), new() { Unseen = unseen, Subsets = 10, Metrics = ["precision", "recall", "coverage"] }).Sets[0].Findings;
            Assert.Contains(findings, finding => finding.StartsWith("samples lie off the data: Precision 0 (real 1)", StringComparison.Ordinal));
            Assert.Contains(findings, finding => finding.StartsWith("leaves out a part of the data: Recall 0 (real 1), Coverage 0 (real 1)", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Labels_that_are_others_are_told_where_all_together_are_as_real_points()
    {
        using var scope = NewDisposeScope();
        var samples = Drawn.Modes("samples", Count);
        IReadOnlyList<string> Told(LabeledData labelled) =>
            SampleEvaluation.Run(labelled, Drawn.Modes("real", Count), new EvaluationOptions { Subsets = 10, Metrics = ["precision", "recall", "coverage"] }).Sets[0].Findings;
        Assert.StartsWith("as real points are in all, but not class by class: class ", Assert.Single(Told(samples with { Labels = (samples.Labels + 1).remainder(4) })), StringComparison.Ordinal);
        Assert.StartsWith("not to be told from real points", Assert.Single(Told(samples)), StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_the_reference_are_told_without_held_out_points_too()
    {
        using var scope = NewDisposeScope();
        var real = Drawn.Modes("real", Count);
        var findings = Findings(real with { Points = real.Points + RandomKey.From(0, "jitter").Normal(0, Count, [2]) * 1e-3 }, null, "precision", "recall", "nn-distance");
        Assert.Contains(findings, finding => finding.StartsWith("nearer to the reference than real points would be, copies or narrower than the data: ", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, finding => finding.StartsWith("not to be told", StringComparison.Ordinal));
        // where nothing sees copies, it is said
        Assert.Contains(Findings(Drawn.Modes("samples", Count), null, "precision", "recall"), finding => finding.EndsWith("; none that was measured sees copies", StringComparison.Ordinal));
        Assert.EndsWith("held against the floor", Assert.Single(Findings(Drawn.Modes("samples", Count), null, "precision", "recall", "nn-distance")), StringComparison.Ordinal);
        Assert.EndsWith("held against the floor", Assert.Single(Findings(Drawn.Modes("samples", Count), Drawn.Modes("unseen", Count), "precision", "recall", "ct")), StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_drawn_to_training_points_are_nearer_to_them_than_unseen_ones()
    {
        using var scope = NewDisposeScope();
        var (real, samples) = (Drawn.Modes("real", Count), Drawn.Modes("samples", Count));
        var nearest = cat([.. Enumerable.Range(0, Count).Select(row => real.Points.index_select(0, (real.Points - samples.Points[row]).norm(1).argmin().unsqueeze(0)))]);
        Assert.Contains(
            Findings(samples with { Points = 0.7 * samples.Points + 0.3 * nearest }, Drawn.Modes("unseen", Count), "precision", "recall", "ct"),
            finding => finding.StartsWith("nearer to its training data than unseen real points are", StringComparison.Ordinal));
    }

    [Fact]
    public void Samples_that_reach_all_data_from_beside_it_leave_nothing_out()
    {
        using var scope = NewDisposeScope();
        var samples = Drawn.Modes("samples", Count);
        var findings = Findings(samples with { Points = samples.Points + RandomKey.From(0, "noise").Normal(0, Count, [2]) * 0.6 }, Drawn.Modes("unseen", Count), "precision", "recall", "coverage");
        Assert.Contains(findings, finding => finding.StartsWith("few samples lie close to some of the data, perhaps as they lie off it: Coverage", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, finding => finding.StartsWith("leaves out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mode_that_is_dropped_is_missed()
    {
        using var scope = NewDisposeScope();
        var samples = Drawn.Modes("samples", Count * 4 / 3);
        var kept = samples.Labels.ne(3).nonzero().flatten();
        Says(new(samples.Points.index_select(0, kept), samples.Labels.index_select(0, kept), 4), "leaves out a part of the data");
    }

    [Fact]
    public void Noise_leads_off_the_data()
    {
        using var scope = NewDisposeScope();
        var samples = Drawn.Modes("samples", Count);
        Says(samples with { Points = samples.Points + RandomKey.From(0, "noise").Normal(0, Count, [2]) * 0.4 }, "samples lie off the data");
    }

    [Fact]
    public void Copies_of_one_point_leave_out_nearly_all()
    {
        using var scope = NewDisposeScope();
        Says(Drawn.Unlabelled(Drawn.Modes("samples", 1).Points.repeat(Count, 1)), "leaves out a part of the data");
    }

    private static void Says(LabeledData samples, string words)
    {
        using var scope = NewDisposeScope();
        var options = new EvaluationOptions { Unseen = Drawn.Modes("unseen", Count), PerClass = false, Subsets = 10, Directions = 32, Metrics = ["frechet", "precision", "recall", "nn-distance"] };
        Assert.Contains(SampleEvaluation.Run(samples, Drawn.Modes("real", Count), options).Sets[0].Findings, finding => finding.StartsWith(words, StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Findings(LabeledData samples, LabeledData? unseen, params string[] metrics) => SampleEvaluation.Run(
        samples, Drawn.Modes("real", Count), new EvaluationOptions { Unseen = unseen, PerClass = false, Subsets = 10, Metrics = metrics }).Sets[0].Findings;
}
