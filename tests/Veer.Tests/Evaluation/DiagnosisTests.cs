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
}
