using CsCheck;
using TorchSharp;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class ReCfgTests : IDisposable
{
    private const int Count = 20_000;
    private const double Scale = 3;
    private static readonly NoiseLevel Level = new(0.8, 0.6);
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void The_ratio_of_means_leaves_the_expectation_of_the_noise_where_classifier_free_guidance_shifts_it()
    {
        using var ratios = Fit(RatioEstimate.Means, [Level]);
        // a perfect model's conditional noise has expectation zero, so the unconditional one must not take part
        Near.Absolute(zeros(3, 2), ratios.At(Level, Blobs.Labels(3)), 0.1);
        // E[guided] = E[conditional]
        var (rectified, free) = Deviations(ratios, (guided, own, none) => guided - own);
        Near.Absolute(zeros(3, 2), rectified, 5);
        Assert.InRange(free.abs().amin(1).min().item<double>(), 20, double.PositiveInfinity);
    }

    [Fact]
    public void At_scale_one_nothing_is_fitted_and_no_null_label_is_asked_for()
    {
        using var denoiser = new DdpmDenoiser(RandomWeights.Network(), NoiseSchedule.Linear(50), classes: 4, labelDropout: 0);
        GuidanceParts parts = new(denoiser) { Data = new(zeros(4, 3), arange(4), 4), Levels = [Level] };
        Assert.Same(denoiser, ReCfg.Kind.Create(parts, 1));
        Assert.Empty(parts.Fitted);
        Refusal.Of(() => ReCfg.Kind.Create(parts, 2), "without label dropout");
    }

    [Fact]
    public void With_the_least_squares_ratio_the_push_of_guidance_does_not_correlate_with_the_unconditional_noise()
    {
        using var ratios = Fit(RatioEstimate.LeastSquares, [Level]);
        // E[(guided - conditional) · unconditional] = 0
        var (rectified, free) = Deviations(ratios, (guided, own, none) => (guided - own) * none);
        Near.Absolute(zeros(3, 2), rectified, 5);
        // of every class, at least one coordinate
        Assert.InRange(free.abs().amax(1).min().item<double>(), 20, double.PositiveInfinity);
    }

    [Fact]
    public void The_least_squares_ratio_is_near_one_while_noise_is_most_of_x()
    {
        var level = NoiseSchedule.Linear().LevelAt(999);
        using var ratios = Fit(RatioEstimate.LeastSquares, [level], 2000);
        Near.Absolute(ones(3, 2), ratios.At(level, Blobs.Labels(3)), 1e-3);
    }

    [Fact]
    public void Rectified_parts_still_make_up_x()
    {
        var path = NoiseSchedule.Linear();
        NoiseLevel[] levels = [path.LevelAt(20), path.LevelAt(500), path.LevelAt(999)];
        using var ratios = Fit(RatioEstimate.LeastSquares, levels, 300);
        Gen.Select(Gen.Double[-3, 8], Gen.Int[0, 999]).SampleFixed((scale, step) =>
        {
            using var scope = NewDisposeScope();
            var (x, label, level) = (Blobs.Points(12), arange(12, ScalarType.Int64).remainder(4), path.LevelAt(step));
            var (clean, noise) = new ReCfg(Blobs.Denoiser(), ratios, scale).Predict(x, level, label);
            Near.Absolute(x, level.Mix(clean, noise), 1e-10);
            var (none, own) = (Blobs.Denoiser().Predict(x, level, full_like(label, 3)), Blobs.Denoiser().Predict(x, level, label));
            Near.Absolute(scale * own.Noise + (1 - scale) * ratios.At(level, label).to(ScalarType.Float64) * none.Noise, noise, 1e-10);
        }, iter: 20);
    }

    [Fact]
    public void Between_levels_the_ratio_is_linear_in_log_sigma_and_beyond_them_constant()
    {
        NoiseLevel low = new(1, 0.5), high = new(1, 2);
        using var ratios = Fit(RatioEstimate.LeastSquares, [high, NoiseLevel.Clean, low, new(0, 1), low], 300);
        var label = Blobs.Labels(3);
        var (first, last) = (ratios.At(low, label), ratios.At(high, label));
        Assert.InRange((first - last).abs().min().item<float>(), 1e-3, 1);
        Near.Absolute((first + last) / 2, ratios.At(new(1, 1), label), 1e-6);
        Near.Absolute(0.75 * first + 0.25 * last, ratios.At(new(2, Math.Sqrt(2)), label), 1e-6);
        Assert.True(AnyTensor.Same(first, ratios.At(NoiseLevel.Clean, label)));
        Assert.True(AnyTensor.Same(last, ratios.At(new(0, 1), label)));
        Near.Absolute(ones(2, 2), ratios.At(low, full(2, 3, ScalarType.Int64)), 0);
    }

    [Fact]
    public void At_scale_one_it_is_the_conditional_model_to_the_bit_and_the_null_label_is_never_guided()
    {
        using var ratios = Fit(RatioEstimate.LeastSquares, [Level], 300);
        var (x, label, none) = (Blobs.Points(7), Blobs.Labels(7), full(7, 3, ScalarType.Int64));
        var denoiser = new Counted(Blobs.Denoiser());
        Blobs.Same(Blobs.Denoiser().Predict(x, Level, label), new ReCfg(denoiser, ratios, 1).Predict(x, Level, label));
        var guided = new ReCfg(denoiser, ratios, 4).Predict(x, Level, none);
        Near.Absolute(Blobs.Denoiser().Predict(x, Level, none).Noise, guided.Noise, 1e-12);
        Assert.Equal([7, 14], denoiser.Batches);
    }

    [Fact]
    public void The_points_are_the_first_of_each_class_and_equal_keys_give_equal_tables()
    {
        using var few = Fit(RatioEstimate.Means, [Level], 300);
        using var of = Fit(RatioEstimate.Means, [Level], 300, Data(300));
        using var more = Fit(RatioEstimate.Means, [Level], 301);
        var label = Blobs.Labels(3);
        Assert.True(AnyTensor.Same(few.At(Level, label), of.At(Level, label)));
        Assert.False(few.At(Level, label).eq(more.At(Level, label)).any().item<bool>());
    }

    [Fact]
    public void What_it_cannot_work_with_is_refused()
    {
        using var ratios = Fit(RatioEstimate.LeastSquares, [Level], 10);
        var data = Data(10);
        var untaught = new DdpmDenoiser(RandomWeights.Network(), NoiseSchedule.Linear(), 3, labelDropout: 0);
        Refusal.Of(() => Traverse(untaught, data), "rectified guidance", "without label dropout");
        Refusal.Of(() => _ = new ReCfg(untaught, ratios, 2), "rectified guidance", "without label dropout");
        Refusal.Of(() => Traverse(Blobs.Denoiser(), data with { Classes = 2 }), "rectified guidance", "2 classes");
        Refusal.Of(() => _ = new ReCfg(new TwoGaussians(), ratios, 2), "rectified guidance", "table", "3 classes");
        var missing = data with { Points = data.Points[data.Labels.ne(1)], Labels = data.Labels[data.Labels.ne(1)] };
        Refusal.Of(() => Traverse(Blobs.Denoiser(), missing), "no point of class 1");
        Assert.Throws<ArgumentException>(() => Fit(RatioEstimate.Means, [NoiseLevel.Clean], 10));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ReCfg(Blobs.Denoiser(), ratios, 2).Predict(Blobs.Points(2), new(0, 1), Blobs.Labels(2)));

        static void Traverse(IDenoiser denoiser, LabeledData data) =>
            ExpectationRatios.Fit(denoiser, [Level], data, RandomKey.From(0, "fit")).Dispose();
    }

    /// <summary>The mean over points that the table was not fitted on, in standard errors, of either guidance: [C, D].</summary>
    private static (Tensor Rectified, Tensor Free) Deviations(ExpectationRatios ratios, Func<Tensor, Tensor, Tensor, Tensor> statistic)
    {
        var data = Data(Count, seed: 9);
        var x = Level.Mix(data.Points, RandomKey.From(9, "noise").Normal(0, data.Count, [2]).to(ScalarType.Float64));
        var none = Blobs.Denoiser().Predict(x, Level, full_like(data.Labels, 3)).Noise;
        var own = Blobs.Denoiser().Predict(x, Level, data.Labels).Noise;
        return (Of(new ReCfg(Blobs.Denoiser(), ratios, Scale)), Of(new ClassifierFreeGuidance(Blobs.Denoiser(), Scale)));

        Tensor Of(IDenoiser guidance)
        {
            var values = statistic(guidance.Predict(x, Level, data.Labels).Noise, own, none);
            // the table has the error of a sample as large
            var byClass = values.reshape(Count, Blobs.Classes, 2);
            return byClass.mean([0]) / (byClass.std(0) * Math.Sqrt(2.0 / Count));
        }
    }

    private static ExpectationRatios Fit(RatioEstimate estimate, NoiseLevel[] levels, int points = Count, LabeledData? data = null) =>
        ExpectationRatios.Fit(
            Blobs.Denoiser(), levels, data ?? Data(Count), RandomKey.From(3, "fit"), estimate, points, cancellation: TestContext.Current.CancellationToken);

    private static LabeledData Data(int perClass, long seed = 2)
    {
        var labels = Blobs.Labels(perClass * Blobs.Classes);
        return new(Blobs.Mixture().Sample(labels, RandomKey.From(seed, "data")), labels, Blobs.Classes);
    }
}
