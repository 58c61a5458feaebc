using Veer.Data;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

public sealed class ScaleLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly ScaleLabels Told = new([3, 1], 2);

    [Fact]
    public void At_a_scale_that_was_trained_on_a_label_is_a_whole_number()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 0, 1, 1 });
        Assert.Equal(4, Told.Classes);
        Assert.Equal([0L, 1, 1], Told.At(labels, 1).data<long>().ToArray());
        Assert.Equal([2L, 3, 3], Told.At(labels, 3).data<long>().ToArray());
        // beyond them it is the nearest one
        Assert.Equal([0L, 1, 1], Told.At(labels, 0.5).data<long>().ToArray());
        Assert.Equal([2L, 3, 3], Told.At(labels, 10).data<long>().ToArray());
    }

    [Fact]
    public void Between_two_scales_a_label_is_a_share_of_both()
    {
        using var scope = NewDisposeScope();
        var weights = Told.At(tensor(new long[] { 0, 1 }), 1.5);
        Assert.Equal([0.75f, 0, 0.25f, 0, 0, 0.75f, 0, 0.25f], weights.flatten().data<float>().ToArray());
    }

    [Fact]
    public void Samples_are_of_their_scale_and_real_points_of_every_one()
    {
        using var scope = NewDisposeScope();
        var points = new LabeledData(arange(6, ScalarType.Float32).reshape(3, 2), tensor(new long[] { 0, 1, 1 }), 2);
        var strong = Told.Of(points, 3);
        Assert.Equal([2L, 3, 3], strong.Labels.data<long>().ToArray());
        Assert.Equal(4, strong.Classes);
        var real = Told.OfReal(points);
        Assert.Equal([0L, 1, 1, 2, 3, 3], real.Labels.data<long>().ToArray());
        Assert.True(AnyTensor.Same(points.Points, real.Points.narrow(0, 3, 3)));
        Assert.Equal([1.0, 3], Told.Scales);
        Assert.Throws<ArgumentOutOfRangeException>(() => Told.Of(points, 2));
        Assert.Throws<ArgumentException>(() => new ScaleLabels([1], 2));
        Assert.Throws<ArgumentException>(() => new ScaleLabels([1, 1], 2));
    }

    /// <summary>
    /// Samples at 0 are half of those of scale 1, whose others lie at 2, and of scale 3, whose others lie at -2: paired in balance with real points at -1 and 1 they belong at -1 at the one scale, at 1 at the other,
    /// which they do not say themselves.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_postprocessor_that_is_told_the_scale_does_what_each_scale_wants(bool matchClasses)
    {
        using var scope = NewDisposeScope();
        var told = new ScaleLabels([1, 3], 1);
        static LabeledData Halves(float one, float other) => LabeledData.OfOneClass(cat([full([60, 1], one), full([60, 1], other)]));
        using var flow = Postprocessor.Fit(LabeledData.Join([told.Of(Halves(0, 2), 1), told.Of(Halves(0, -2), 3)]), Halves(-1, 1), new()
        {
            Pairing = "balanced",
            MatchClasses = matchClasses,
            Network = new() { Width = 16, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
            Training = new() { Steps = 300, BatchSize = 64, LearningRate = 0.02, AverageDecay = 0.9 },
        }, new() { Seed = 1, Scales = told }, TestContext.Current.CancellationToken);
        flow.Save(folder.File("told"));
        using var loaded = Postprocessor.Load(folder.File("told"));
        Assert.Equal([1.0, 3], loaded.Scales!.Scales);
        Assert.Equal(2, loaded.Classes);
        File.WriteAllText(folder.File("told/config.json"), File.ReadAllText(folder.File("told/config.json")).Replace("\"classes\": 2", "\"classes\": 3", StringComparison.Ordinal));
        Refusal.Of(() => Postprocessor.Load(folder.File("told")), "[1, 3]", "rising");
        float End(double scale) => flow.Apply(zeros(4, 1), told.At(zeros(4, ScalarType.Int64), scale), cancellation: TestContext.Current.CancellationToken).Samples.mean().item<float>();
        Assert.Equal(-1, End(1), 0.1);
        Assert.Equal(1, End(3), 0.1);
        Assert.InRange(End(2), -0.9, 0.9);
        // the weights of a whole label are that label
        var weights = tensor(new float[,] { { 0, 1 } }).expand(4, 2);
        Assert.Equal(End(3), flow.Apply(zeros(4, 1), weights, cancellation: TestContext.Current.CancellationToken).Samples.mean().item<float>(), 1e-5);
        Refusal.Of(() => told.At(tensor(new long[] { 1 }), 1), "labels: found 1, expected 0 to 0");
        Assert.Throws<ArgumentOutOfRangeException>(() => told.At(zeros(4, ScalarType.Int64), double.NaN));
        Refusal.Of(() => Postprocessor.Fit(Halves(0, 2), Halves(-1, 1), new(), new() { Scales = told }, TestContext.Current.CancellationToken), "classes: found 1, expected 2");
        Refusal.Of(() => flow.Apply(zeros(4, 1), zeros(4, 3), cancellation: TestContext.Current.CancellationToken), "labels", "[4, 3]", "weights [4, 2]");
    }

    /// <summary>Samples of one scale lie at -1, of the other at 1, real points at both: together they lie as real ones do, and neither scale does by itself.</summary>
    [Fact]
    public void When_to_stop_is_told_by_each_scale_and_not_by_all_together()
    {
        using var scope = NewDisposeScope();
        var told = new ScaleLabels([1, 3], 1);
        static LabeledData Around(float middle, string purpose) => LabeledData.OfOneClass(RandomKey.From(0, purpose).Normal(0, 200, [1]) * 0.2f + middle);
        LabeledData Samples(string purpose) => LabeledData.Join([told.Of(Around(-1, purpose + 1), 1), told.Of(Around(1, purpose + 3), 3)]);
        static LabeledData Real(string purpose) => LabeledData.Join([Around(-1, purpose + "low"), Around(1, purpose + "high")]);
        using var flow = Postprocessor.Fit(Samples("samples"), Real("real"), new()
        {
            Pairing = "balanced",
            Network = new() { Width = 32, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
            Training = new() { Steps = 600, BatchSize = 64, LearningRate = 0.02, AverageDecay = 0.9, ConstantRate = true },
            Stopping = new() { Every = 50, Patience = 3 },
        }, new() { Seed = 1, Scales = told, HeldOut = new(Samples("held-out"), Real("unseen")) }, TestContext.Current.CancellationToken);
        var low = Around(-1, "more");
        float before = low.Points.mean().item<float>(), after = flow.Apply(low.Points, told.At(low.Labels, 1), cancellation: TestContext.Current.CancellationToken).Samples.mean().item<float>();
        Assert.InRange(before, -1.1, -0.9);
        Assert.InRange(after, -0.5, 0.5);
    }
}
