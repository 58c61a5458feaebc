using System.Text;
using TorchSharp;
using Veer.Formats;
using Veer.Metrics;
using Veer.Tests.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public sealed class FrechetStatisticsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly CountingSpace space = new() { Fingerprint = "12ab", Description = "halved" };

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Moments_come_back_to_the_same_bits_with_the_mark_of_few_samples()
    {
        foreach (var (count, few) in new[] { (4L, true), (5L, false) })
        {
            var moments = FeatureMoments.Compute(Points(count));
            FrechetStatistics.Write(folder.File("s.npz"), moments, space);
            var read = FrechetStatistics.Read(folder.File("s.npz"), space);
            Assert.True(AnyTensor.Same(moments.Mean, read.Mean) && AnyTensor.Same(moments.Covariance, read.Covariance));
            Assert.Equal((count, few), (read.Count, read.FewSamples));
            var distance = FrechetDistance.Compute(FeatureMoments.Compute(Points(50) + 1), read);
            Assert.Equal((few, FrechetDistance.Compute(FeatureMoments.Compute(Points(50) + 1), moments)), (distance.FewSamples, distance));
            Assert.Equal(FrechetDistance.Compute(Points(50) + 1, Points(count)).Value, distance.Value, 1e-13);
        }
    }

    [Fact]
    public void The_file_is_that_of_other_programs_with_what_it_rests_on_beside()
    {
        FrechetStatistics.Write(folder.File("s.npz"), FeatureMoments.Compute(Points(9)), space);
        var arrays = Npz.Read(folder.File("s.npz"));
        Assert.Equal((ScalarType.Float64, ScalarType.Float64), (arrays["mu"].dtype, arrays["sigma"].dtype));
        Assert.Equal((9, "sums"), (arrays["count"].item<long>(), Encoding.UTF8.GetString(arrays["extractor"].bytes)));
        Assert.Equal("12ab", Encoding.UTF8.GetString(arrays["extractor_sha256"].bytes));
        Assert.Throws<ArgumentException>(() => FrechetStatistics.Write(folder.File("t.npz"), FeatureMoments.Compute(Points(9)), new CountingSpace { Size = 5 }));
    }

    [Fact]
    public void Statistics_of_another_extractor_file_or_use_of_it_are_refused()
    {
        FrechetStatistics.Write(folder.File("s.npz"), FeatureMoments.Compute(Points(9)), space);
        Of(new() { Name = "other", Fingerprint = "12ab", Description = "halved" }, "s.npz: extractor: found 'sums', expected 'other': statistics of one");
        Of(new() { Fingerprint = "12ac", Description = "halved" }, "s.npz: extractor_sha256: found '12ab', expected '12ac'");
        Of(new() { Fingerprint = "12ab" }, "s.npz: extractor_description: found 'halved', expected ''");

        void Of(CountingSpace other, string message)
        {
            Refusal.Of(() => FrechetStatistics.Read(folder.File("s.npz"), other), message);
            // what the file says of itself stands above what the caller believes
            Refusal.Of(() => FrechetStatistics.Read(folder.File("s.npz"), other, "sums"), message);
        }
    }

    [Fact]
    public void Files_of_others_are_read_only_if_their_extractor_is_named()
    {
        var moments = FeatureMoments.Compute(Points(9));
        Write(("mu", moments.Mean), ("sigma", moments.Covariance));
        Refusal.Of(() => Read(null), "s.npz: extractor: found no name in it, expected to be told which extractor the statistics are of");
        Refusal.Of(() => Read("inception"), "s.npz: extractor: found 'inception', expected 'sums'");
        var read = Read("sums");
        Assert.Null(read.Count);
        Assert.True(AnyTensor.Same(moments.Mean, read.Mean) && AnyTensor.Same(moments.Covariance, read.Covariance));
        Write(("mu", moments.Mean.to(ScalarType.Float32)), ("sigma", moments.Covariance.to(ScalarType.Float32)));
        Assert.Equal(ScalarType.Float64, Read("sums").Covariance.dtype);
    }

    [Fact]
    public void A_file_of_statistics_is_told_from_one_of_samples()
    {
        var (mean, covariance) = (zeros(4, ScalarType.Float64), eye(4, dtype: ScalarType.Float64));
        Write(("mu", mean), ("sigma", covariance));
        Assert.True(FrechetStatistics.IsOne(folder.File("s.npz")));
        FrechetStatistics.Write(folder.File("ours.NPZ"), FeatureMoments.Compute(Points(9)), space);
        Assert.True(FrechetStatistics.IsOne(folder.File("ours.NPZ")));
        Write(("mu", mean), ("sigma", covariance), ("mu_s", zeros(5)), ("sigma_s", eye(5)));
        Assert.True(FrechetStatistics.IsOne(folder.File("s.npz")));
        Write(("mu", mean), ("sigma", covariance), ("arr_0", zeros(9, 4)));
        Assert.False(FrechetStatistics.IsOne(folder.File("s.npz")));
        Write(("mu", mean), ("arr_0", zeros(9, 4)));
        Assert.False(FrechetStatistics.IsOne(folder.File("s.npz")));
        Assert.False(FrechetStatistics.IsOne(folder.File("nothing.npz")));
        Assert.False(FrechetStatistics.IsOne(Path.GetDirectoryName(folder.File("s.npz"))!));
        File.WriteAllText(folder.File("text.zip"), "text");
        Assert.False(FrechetStatistics.IsOne(folder.File("text.zip")));
        File.WriteAllText(folder.File("text.npz"), "text");
        Refusal.Of(() => FrechetStatistics.IsOne(folder.File("text.npz")), "text.npz: file: found no zip, or one cut short");
    }

    [Fact]
    public void Moments_alone_serve_the_distances_that_need_no_more()
    {
        var (samples, others) = (Points(30) + 1, Points(50));
        var whole = new MetricReference(new(others, zeros(50, ScalarType.Int64), 1));
        var read = new MetricReference(new(zeros(1, 4), zeros(1, ScalarType.Int64), 1)) { Moments = FeatureMoments.Compute(others) };
        foreach (var metric in (Metric[])[FrechetDistance.Metric, FrechetInfinity.Metric])
            Assert.Equal(Value(metric, whole), Value(metric, read));

        double Value(Metric metric, MetricReference real) => metric.Measure!(new(new(samples, zeros(30, ScalarType.Int64), 1), real)).Value;
    }

    [Fact]
    public void What_is_no_statistics_of_the_space_is_refused_in_one_line()
    {
        var (mean, covariance) = (zeros(4, ScalarType.Float64), eye(4, dtype: ScalarType.Float64));
        Write(("mu", mean));
        Refusal.Of(() => Read("sums"), "s.npz: arrays: found mu, expected one named sigma");
        Write(("mu", zeros(5)), ("sigma", covariance));
        Refusal.Of(() => Read("sums"), "s.npz: mu: found [5] float32, expected [4] float64");
        Write(("mu", mean), ("sigma", zeros(4, 3)));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found [4, 3] float32, expected [4, 4] float64");
        Write(("mu", mean), ("sigma", covariance + tril(ones(4, 4), -1)));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found entries 1 from their mirrored ones, expected a symmetric matrix");
        Write(("mu", mean), ("sigma", covariance * double.NaN));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found a value that is not finite");
        Write(("mu", mean + 1e200), ("sigma", covariance));
        Refusal.Of(() => Read("sums"), "s.npz: mu: found 1e+200 as the largest number, expected at most 1e+15");
        Write(("mu", mean), ("sigma", covariance * 1e200));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found 1e+200 as the largest number, expected at most 1e+30");
        Write(("mu", mean), ("sigma", covariance), ("count", tensor(1L)));
        Refusal.Of(() => Read("sums"), "s.npz: count: found 1, expected one int64 of at least 2");
        Write(("mu", mean), ("sigma", covariance), ("extractor", tensor(1L)));
        Refusal.Of(() => Read("sums"), "s.npz: extractor: found [] int64, expected UTF-8 bytes as uint8");
    }

    [Fact]
    public void A_matrix_that_is_no_covariance_is_refused_by_its_eigenvalue()
    {
        var mean = zeros(4, ScalarType.Float64);
        var indefinite = eye(4, dtype: ScalarType.Float64);
        indefinite[0, 1] = indefinite[1, 0] = 2;
        Write(("mu", mean), ("sigma", indefinite));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found an eigenvalue of -1, expected none below 0: a covariance has no such");
        Write(("mu", mean), ("sigma", -eye(4, dtype: ScalarType.Float64)));
        Refusal.Of(() => Read("sums"), "s.npz: sigma: found an eigenvalue of -1, ");
        Write(("mu", mean), ("sigma", zeros(4, 4)));
        Assert.Equal(0, Read("sums").Covariance.sum().item<double>());
        // few samples: eigenvalues of zero, and below it by float32's rounding
        var few = FeatureMoments.Compute(Points(3) * 1e4);
        Write(("mu", few.Mean), ("sigma", few.Covariance.to(ScalarType.Float32)));
        Assert.Equal(4, Read("sums").Size);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_mean_that_is_not_finite_is_refused_with_its_file(double value)
    {
        var mean = zeros(4, ScalarType.Float64);
        mean[2] = value;
        Write(("mu", mean), ("sigma", eye(4)));
        Refusal.Of(() => Read("sums"), "s.npz: mu: found a value that is not finite, expected finite numbers");
        Write(("mu", zeros(4)), ("sigma", eye(4)), ("count", tensor(value)));
        Refusal.Of(() => Read("sums"), "s.npz: count: found [] float64, expected one int64 of at least 2");
    }

    private FeatureMoments Read(string? extractor) => FrechetStatistics.Read(folder.File("s.npz"), space, extractor);

    private void Write(params (string Name, Tensor Array)[] arrays) =>
        Npz.Write(folder.File("s.npz"), arrays.ToDictionary(pair => pair.Name, pair => pair.Array));

    private static Tensor Points(long count) => RandomKey.From(26, "points").Normal(0, count, [4]);
}
