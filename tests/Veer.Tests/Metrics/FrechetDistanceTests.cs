using System.Text.Json;
using CsCheck;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class FrechetDistanceTests
{
    [Theory]
    [InlineData("fid_64")]
    [InlineData("fid_64_same")]
    [InlineData("fid_192")]
    [InlineData("fid_192_deficient")]
    public void Golden_features_give_the_exact_distance(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var numbers = GoldenFile.Json("fid.json").GetProperty("feature_cases").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == name);
        var distance = FrechetDistance.Compute(golden["x1"], golden["x2"]);
        Assert.Equal(Number(numbers, "fid_exact_nuclear_norm"), distance.Value, Number(numbers, "tolerance_vs_exact"));
        Assert.Equal(Number(numbers, "mean_term"), distance.MeanTerm, 1e-10);
        Assert.Equal(name == "fid_192_deficient", distance.FewSamples);
        // the same from either side: nothing favours one of the sets
        Assert.Equal(distance.Value, FrechetDistance.Compute(golden["x2"], golden["x1"]).Value, 1e-10);
    }

    [Fact]
    public void Without_added_diagonal_or_clipped_noise_a_singular_covariance_costs_no_digits()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load("fid_192_deficient.safetensors");
        // a general matrix root is off by 1.4e-6 here
        Assert.Equal(69.31030898272334, FrechetDistance.Compute(golden["x1"], golden["x2"]).Value, 1e-9);
    }

    // Few points are their own root of the covariance; moments know nothing of points.
    [Theory]
    [InlineData(20, 64, 40, 0)]
    [InlineData(20, 64, 40, 1e6)]
    [InlineData(64, 64, 200, 0)]
    [InlineData(700, 900, 800, 0)]
    public void Few_points_give_what_their_moments_give(int count, int dimensions, int others, double offset)
    {
        using var scope = NewDisposeScope();
        var (samples, reference) = (Points("samples", count, dimensions) + offset, Points("reference", others, dimensions) * 1.5 + offset);
        // equal ones take a rank
        samples[0] = samples[1];
        double expected = FrechetDistance.Compute(FeatureMoments.Compute(samples), FeatureMoments.Compute(reference)).Value;
        var found = FrechetDistance.Compute(samples, reference);
        Assert.Equal(expected, found.Value, 1e-7 * expected);
        Assert.Equal(expected, FrechetDistance.Compute(reference, samples).Value, 1e-7 * expected);
        Assert.True(found.FewSamples);
    }

    [Fact]
    public void Golden_gaussians_give_their_distance_the_singular_and_the_vanishing_ones_too()
    {
        using var scope = NewDisposeScope();
        var cases = GoldenFile.Json("fid.json").GetProperty("explicit_gaussians").EnumerateArray().ToArray();
        Assert.Equal(6, cases.Length);
        foreach (var item in cases)
        {
            var (first, second) = (Moments(item, "1"), Moments(item, "2"));
            bool singular = Singular(first) || Singular(second);
            var distance = FrechetDistance.Compute(first, second);
            Assert.Equal(Number(item, "fid"), distance.Value, singular ? 1e-5 : 1e-9);
            Assert.False(distance.FewSamples);
        }
    }

    [Fact]
    public void Of_a_set_and_itself_it_is_zero_and_of_its_shifted_copy_the_squared_shift() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[2, 40], Gen.Double[-9, 9].Array[12]).SampleFixed(
            sets =>
            {
                using var scope = NewDisposeScope();
                var (dimensions, count, shifts) = sets;
                var points = Points("points", count, dimensions);
                var shift = tensor(shifts).narrow(0, 0, dimensions);
                Assert.Equal(0, FrechetDistance.Compute(points, points.flip(0)).Value, 1e-9);
                var moved = FrechetDistance.Compute(points, points + shift);
                double squared = shift.square().sum().item<double>();
                Assert.Equal(squared, moved.Value, 1e-9 * (1 + squared));
                Assert.Equal(count <= dimensions, moved.FewSamples);
            },
            iter: 40);

    [Fact]
    public void Of_gaussians_along_the_axes_it_is_the_sum_of_those_on_a_line() =>
        Gen.Double[0, 3].Array[5].Select(Gen.Double[0, 3].Array[5]).SampleFixed(
            (mine, theirs) =>
            {
                using var scope = NewDisposeScope();
                var mean = zeros(5, ScalarType.Float64);
                double expected = mine.Zip(theirs, (a, b) => (a - b) * (a - b)).Sum();
                var distance = FrechetDistance.Compute(
                    new FeatureMoments(mean, diag(tensor(mine).square())), new(mean, diag(tensor(theirs).square())));
                Assert.Equal(expected, distance.Value, 1e-6);
            },
            iter: 30);

    [Fact]
    public void It_scales_with_the_square_of_the_features_unit_and_ignores_rotations()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 60, 5), Points("others", 80, 5) * 1.5 + 1);
        double distance = FrechetDistance.Compute(points, others).Value;
        Assert.InRange(distance, 5, 10);
        Assert.Equal(9 * distance, FrechetDistance.Compute(points * 3, others * 3).Value, 1e-9);
        var (turn, _) = linalg.qr(Points("turn", 5, 5));
        Assert.Equal(distance, FrechetDistance.Compute(points.matmul(turn), others.matmul(turn)).Value, 1e-9);
    }

    [Fact]
    public void A_reference_serves_many_sets_and_needs_its_moments_no_longer()
    {
        using var scope = NewDisposeScope();
        var moments = FeatureMoments.Compute(Points("reference", 40, 5));
        var reference = new FrechetReference(moments);
        moments.Mean.Dispose();
        moments.Covariance.Dispose();
        foreach (string name in new[] { "first", "second" })
        {
            var samples = FeatureMoments.Compute(Points(name, 30, 5));
            Assert.Equal(FrechetDistance.Compute(samples, FeatureMoments.Compute(Points("reference", 40, 5))), reference.Compare(samples));
        }
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => FrechetDistance.Compute(zeros(3, 2), zeros(3, 4)));
        Assert.Throws<ArgumentException>(() => FrechetDistance.Compute(FeatureMoments.Compute(ones(3, 2)), FeatureMoments.Compute(ones(3, 4))));
        Assert.Throws<ArgumentException>(() => FrechetDistance.Compute(new FeatureMoments(zeros(2), zeros(2, 3)), new(zeros(2), eye(2))));
        Refusal.Of(() => FrechetDistance.Compute(zeros(1, 2), zeros(3, 2)), "moments: features: found 1, expected at least 2");
        Refusal.Of(() => FrechetDistance.Compute(zeros(3, 2), full(3, 2, float.NaN)), "frechet: row 0 of the reference: found a value that is not");
        Refusal.Of(
            () => FrechetDistance.Compute(new FeatureMoments(zeros(2), full([2, 2], double.PositiveInfinity)), new(zeros(2), eye(2))),
            "frechet: row 0 of the samples' covariance");
    }

    [Fact]
    public void Moments_that_are_none_are_refused_whichever_side_they_are_on()
    {
        using var scope = NewDisposeScope();
        FeatureMoments round = new(zeros(2), eye(2)), indefinite = new(zeros(2), tensor(new double[,] { { 1, 2 }, { 2, 1 } }));
        FeatureMoments skewed = new(zeros(2), tensor(new double[,] { { 1, 0.5 }, { 0, 1 } }));
        Refusal.Of(() => FrechetDistance.Compute(indefinite, round), "frechet: samples' covariance: found an eigenvalue of -1, expected none below 0");
        Refusal.Of(() => FrechetDistance.Compute(round, indefinite), "frechet: reference' covariance: found an eigenvalue of -1");
        Refusal.Of(() => FrechetDistance.Compute(skewed, round), "frechet: samples' covariance: found entries 0.5 from their mirrored ones");
    }

    internal static FeatureMoments Moments(JsonElement item, string suffix)
    {
        double[] mean = [.. Numbers(item.GetProperty("mu" + suffix))];
        double[] covariance = [.. item.GetProperty("sigma" + suffix).EnumerateArray().SelectMany(Numbers)];
        return new(tensor(mean), tensor(covariance).reshape(mean.Length, mean.Length));
    }

    private static bool Singular(FeatureMoments moments)
    {
        var variances = linalg.eigvalsh(moments.Covariance);
        return (variances.min() <= 1e-12 * variances.max()).item<bool>();
    }

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());

    private static double Number(JsonElement numbers, string name) => numbers.GetProperty(name).GetDouble();

    private static Tensor Points(string purpose, long count, int dimensions) =>
        RandomKey.From(11, purpose).Normal(0, count, [dimensions]).to(ScalarType.Float64);
}
