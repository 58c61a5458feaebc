using Veer.Data;
using Veer.Evaluation;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Evaluation;

/// <summary>What an evaluation is given: refused in a line where it does not fit, and what training points mean.</summary>
public sealed class EvaluationInputTests
{
    [Fact]
    public void What_does_not_fit_is_one_line()
    {
        using var scope = NewDisposeScope();
        var real = Drawn.Normal("real", 50);
        Refusal.Of(() => SampleEvaluation.Run(Drawn.Normal("samples", 50, 3), real), "samples", "[3]", "[2]");
        Refusal.Of(() => SampleEvaluation.Run(Drawn.Unlabelled(full(5, 2, float.NaN)), real), "samples", "row 0", "not finite");
        Refusal.Of(() => SampleEvaluation.Run(Drawn.Normal("samples", 50), real, new() { Metrics = ["frechett"] }), "metrics", "'frechett'", "frechet");
        Refusal.Of(() => SampleEvaluation.Run(Drawn.Modes("samples", 50, 5), Drawn.Modes("real", 50, 4)), "labels", "5 classes", "4");
        var modes = Drawn.Modes("real", 50, 4);
        foreach (var (odd, message) in ((LabeledData, string)[])
            [
                (modes with { Labels = modes.Labels + 7 }, "samples: labels: found label 10, expected 0 to 3, the classes"),
                (modes with { Labels = modes.Labels - 1 }, "samples: labels: found label -1, expected 0 to 3"),
                (modes with { Labels = modes.Labels.to(ScalarType.Int32) }, "samples: labels: found [50] Int32, expected [50] Int64"),
                (modes with { Labels = modes.Labels.narrow(0, 0, 9) }, "samples: labels: found [9] Int64, expected [50]"),
                (modes with { Classes = 0 }, "samples: classes: found 0, expected at least 1"),
                (modes with { Points = modes.Points.to(ScalarType.Int64) }, "samples: points: found [50, 2] Int64, expected [N, ...] of a floating type"),
                (modes with { Points = modes.Points.select(1, 0) }, "samples: points: found [50] Float32"),
            ])
            Refusal.Of(() => SampleEvaluation.Run(odd, modes), message);
        Refusal.Of(() => SampleEvaluation.Run(modes, modes, new() { Unseen = modes with { Labels = modes.Labels + 7 } }), "unseen: labels: found label 10");
        Refusal.Of(() => SampleEvaluation.Run(modes, modes, new() { Subsets = -5 }), "evaluation: subsets: found -5, expected 0 to 10000");
        Refusal.Of(() => SampleEvaluation.Run(modes, modes, new() { Metrics = [] }), "evaluation: metrics: found 0 values, expected at least 1 value");
    }

    [Fact]
    public void Sets_of_one_name_are_refused()
    {
        using var scope = NewDisposeScope();
        var (samples, real) = (Drawn.Normal("samples", 50), Drawn.Normal("real", 50));
        Assert.Throws<ArgumentException>(() => SampleEvaluation.Run([("ours", samples), ("ours", real)], real));
        Assert.Throws<ArgumentException>(() => StatisticsEvaluation.Run([("ours", samples), ("ours", real)], FeatureMoments.Compute(real.Points), "stats.npz"));
        Assert.Throws<ArgumentException>(() => SampleEvaluation.Run([], real));
    }

    [Fact]
    public void Samples_led_towards_training_points_are_told_by_others_and_their_floor_is_what_training_points_reach()
    {
        using var scope = NewDisposeScope();
        var (training, reference) = (Drawn.Normal("training", 400), Drawn.Normal("reference", 400));
        // copies of training points, beside new points of the same distribution
        var copies = Drawn.Unlabelled(training.Points + RandomKey.From(0, "noise").Normal(0, 400, [2]) * 1e-4);
        var flattered = SampleEvaluation.Run([("copies", copies)], training, new() { Unseen = reference, Subsets = 8 });
        var result = SampleEvaluation.Run([("copies", copies), ("new", Drawn.Normal("new", 400))], reference, new() { Training = training, Subsets = 8, Closest = 3 });
        double Of(EvaluatedSet? set, string metric) => set!.Find(metric)!.Value.Value;
        string distance = NearestDistance.Metric.Name, ratio = NeighborRatio.Metric.Name, authentic = AuthenticShare.Metric.Name;
        Assert.True(Of(flattered.Sets[0], distance) < 0.1 * Of(flattered.Floor, distance));
        Assert.InRange(Of(result.Sets[0], distance) / Of(result.Floor, distance), 0.97, 1.03);
        // the floor is training points against the reference, but of what looks for training points: there it is that of the reference
        Assert.Equal(NearestDistance.Mean(training.Points, reference.Points), Of(result.Floor, distance), 6);
        foreach (string metric in (string[])[ratio, authentic]) Assert.Equal(Of(flattered.Floor, metric), Of(result.Floor, metric), 12);
        Assert.Equal(Of(flattered.Sets[0], authentic), Of(result.Sets[0], authentic), 12);
        Assert.Contains("repeats its training data", string.Join(' ', result.Sets[0].Findings), StringComparison.Ordinal);
        // copies stand beside what they are copies of
        Assert.All(result.Sets[0].Closest, pair => Assert.Equal(pair.Sample, pair.Real));
        Assert.DoesNotContain("training data", string.Join(' ', result.Sets[1].Findings), StringComparison.Ordinal);
    }
}
