using Veer.Data;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class PrincipalComponentsTests
{
    private const int Side = 6;

    [Fact]
    public void Components_are_those_of_the_singular_value_decomposition()
    {
        var points = Cloud(500);
        using var fit = PrincipalComponents.Fit(points, 3);
        var centred = points.to(ScalarType.Float64) - points.to(ScalarType.Float64).mean([0]);
        var (_, values, rows) = linalg.svd(centred, fullMatrices: false);
        Near(values[..3].square() / 499, fit.ExplainedVariance, 1e-9);
        // equal up to sign
        Near(ones(3, ScalarType.Float64), (rows[..3] * fit.Components.to(ScalarType.Float64)).sum(1).abs(), 1e-6);
        Assert.Equal(values[..3].square().sum().item<double>() / values.square().sum().item<double>(), fit.ExplainedShare, 1e-9);
        Near(points.to(ScalarType.Float64).mean([0]), fit.Mean, 1e-6);
    }

    [Fact]
    public void Fewer_points_than_dimensions_have_the_same_components()
    {
        using var scope = NewDisposeScope();
        // the same points, and beside them dimensions in which nothing varies
        var points = Cloud(Side + 4);
        var wide = cat([points, zeros(Side + 4, 100)], 1);
        using var few = PrincipalComponents.Fit(wide, 3);
        using var many = PrincipalComponents.Fit(points, 3);
        Near(many.Components, few.Components[.., ..Side], 1e-5);
        Near(many.ExplainedVariance, few.ExplainedVariance, 1e-9);
        Assert.Equal(many.ExplainedShare, few.ExplainedShare, 1e-9);
    }

    [Fact]
    public void Components_are_orthonormal_and_their_largest_entry_is_positive()
    {
        using var fit = PrincipalComponents.Fit(Cloud(200), Side);
        Near(eye(Side), fit.Components.matmul(fit.Components.t()), 1e-6);
        var largest = fit.Components.gather(1, fit.Components.abs().argmax(1, keepdim: true));
        Assert.True(largest.gt(0).all().item<bool>());
    }

    [Fact]
    public void All_components_reconstruct_the_points_and_few_lose_the_rest_of_the_variance()
    {
        var points = Cloud(300);
        using var all = PrincipalComponents.Fit(points, Side);
        Near(points, all.Reconstruct(all.Project(points)), 1e-5);
        using var two = PrincipalComponents.Fit(points, 2);
        double lost = (points - two.Reconstruct(two.Project(points))).square().sum().item<float>() / 299.0;
        Assert.Equal(all.ExplainedVariance[2..].sum().item<double>(), lost, 1e-4);
    }

    [Fact]
    public void Coordinates_have_unit_variance_on_average_and_keep_ratios_of_distances()
    {
        var points = Cloud(400) * 37;
        using var fit = PrincipalComponents.Fit(points, Side);
        var coordinates = fit.Project(points);
        Assert.Equal(1, coordinates.var(0).mean().item<float>(), 1e-5);
        Near(points[1..].sub(points[..1]).norm(1) / fit.Scale, coordinates[1..].sub(coordinates[..1]).norm(1), 1e-4);
    }

    [Fact]
    public void The_decoder_is_all_that_maps_coordinates_back()
    {
        using var fit = PrincipalComponents.Fit(Cloud(100), 3);
        var coordinates = RandomKey.From(3, "coordinates").Normal(0, 7, [3]);
        Near(fit.Mean + coordinates.matmul(fit.Decoder()), fit.Reconstruct(coordinates), 1e-6);
        Near(coordinates, fit.Project(fit.Reconstruct(coordinates)), 1e-5);
    }

    [Fact]
    public void Sums_over_several_chunks_are_the_same_sums()
    {
        var points = Cloud(20_000);
        using var fit = PrincipalComponents.Fit(points, Side);
        var expected = linalg.eigvalsh(points.to(ScalarType.Float64).t().cov());
        Near(expected.flip(0), fit.ExplainedVariance, 1e-9);
    }

    [Fact]
    public void The_fit_outlives_the_callers_scope_and_nothing_else_does()
    {
        var points = Cloud(50);
        PrincipalComponents fit;
        using (var inner = NewDisposeScope())
        {
            fit = PrincipalComponents.Fit(points, 2);
            Assert.Equal(0, inner.DisposablesCount);
            fit.Reconstruct(fit.Project(points));
            Assert.Equal(2, inner.DisposablesCount);
        }
        Assert.Equal([2, Side], fit.Components.shape);
        fit.Dispose();
        Assert.True(fit.Components.IsInvalid);
    }

    [Fact]
    public void Differences_that_only_float64_holds_are_kept_in_the_coordinates()
    {
        using var scope = NewDisposeScope();
        var cloud = Cloud(50).to(ScalarType.Float64);
        using var fit = PrincipalComponents.Fit(cloud + 1e9, Side);
        var far = fit.Project(cloud + 1e9); // where float32 knows only every 64th number
        Near(cloud[0] - cloud[1], (far[0] - far[1]).matmul(fit.Decoder()), 1e-4);
    }

    [Fact]
    public void What_has_no_components_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(ones(5, 3), 2));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(ones(5), 1));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(ones(1, 3), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(Cloud(50), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(Cloud(50), Side + 1));
    }

    [Fact]
    public void Sixteen_components_of_MNIST_keep_the_known_share_of_its_variance()
    {
        using var digits = Mnist.Load(SharedData.Folder("mnist"), train: false).Points.reshape(-1, 784);
        using var fit = PrincipalComponents.Fit(digits, 16);
        var centred = digits.to(ScalarType.Float64) - digits.to(ScalarType.Float64).mean([0]);
        double whole = centred.square().sum().item<double>();
        double lost = (digits - fit.Reconstruct(fit.Project(digits))).to(ScalarType.Float64).square().sum().item<double>();
        Assert.Equal(1 - lost / whole, fit.ExplainedShare, 1e-5);
        Assert.InRange(fit.ExplainedShare, 0.55, 0.65);
    }

    /// <summary>[N, 6] correlated normal points off the origin.</summary>
    private static Tensor Cloud(long count)
    {
        var mix = RandomKey.From(5, "mix").Normal(0, Side, [Side]);
        return RandomKey.From(5, "points").Normal(0, count, [Side]).matmul(mix) + arange(Side);
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>(), 0, tolerance);
    }
}
