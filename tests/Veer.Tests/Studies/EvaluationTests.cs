using Veer.Data;
using Veer.Metrics;
using Veer.Studies.Pipeline;
using Veer.Studies.Runs;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

public sealed class EvaluationTests : IDisposable
{
    private const string Gaussians = """
        title: x
        data: { kind: gaussians, train_per_class: 50, held_out_per_class: 50 }
        sampling: { test_samples: 90 }
        postprocessors: {}

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_metrics_that_a_study_names_are_measured_and_no_others()
    {
        using var scope = NewDisposeScope();
        var (rows, heldOut, samples) = Measure("evaluation: { metrics: [recall, frechet] }");
        Assert.Equal(
            ["0 frechet", "1 frechet", "all frechet", "0 recall", "1 recall", "all recall"], rows.Select(row => $"{row.Class} {row.Metric}"));
        double Frechet(int label) => FrechetDistance.Compute(samples.OfClass(label), heldOut.OfClass(label)).Value;
        // 30 and 60 of them
        Assert.Equal([Frechet(0), Frechet(1), Frechet(0) * 30 / 90 + Frechet(1) * 60 / 90], rows.Take(3).Select(row => row.Value!.Value));
        Assert.Equal(PrecisionRecall.Compute(samples.OfClass(1), heldOut.OfClass(1)).Recall, rows[4].Value);
    }

    [Fact]
    public void All_that_the_data_allow_and_that_are_usual_are_measured_where_none_is_named()
    {
        using var scope = NewDisposeScope();
        string[] names = [.. Measure("").Rows.Select(row => row.Metric).Distinct()];
        Assert.Equal(
            MetricRegistry.Measurable.Where(metric => metric.Default.HasFlag(SampleKinds.Points) && !metric.Needs.HasFlag(MetricNeeds.Classifier)).Select(metric => metric.Name), names);
        Assert.Contains("wasserstein-1", names);
    }

    private (IReadOnlyList<ResultRow> Rows, LabeledData HeldOut, LabeledData Samples) Measure(string settings)
    {
        var study = StudyText.Resolve(folder, Gaussians + settings + "\n");
        var data = StudyData.Load(study, 0, TestContext.Current.CancellationToken);
        using var context = new RunContext(study, new(folder.File("run"), 0, CPU), new Recorded(), data, default);
        var samples = new LabeledData(new RandomKey(1).Normal(0, 90, [1]), arange(90, ScalarType.Int64).remainder(3).clamp_max(1), 2);
        return (new StudyEvaluation(context).Measure("g", 1, "before", samples).Rows, data.HeldOut, samples);
    }
}
