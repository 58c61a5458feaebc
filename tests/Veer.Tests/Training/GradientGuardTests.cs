using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public sealed class GradientGuardTests
{
    [Theory]
    [InlineData(1.0, 0.2)]
    [InlineData(5.0, 1.0)]
    [InlineData(100.0, 1.0)]
    public void Gradients_longer_than_the_limit_are_shortened_to_it(double limit, double factor)
    {
        Tensor[] gradients = [tensor(new float[] { 3, 0 }), tensor(new float[,] { { 0 }, { -4 } })];
        using var guard = new GradientGuard(limit, CPU);
        Assert.True(guard.Pass(tensor(1f), gradients, 1));
        Assert.Equal([3 * factor, 0], gradients[0].data<float>().Select(x => (double)x), Close);
        Assert.Equal([0, -4 * factor], gradients[1].data<float>().Select(x => (double)x), Close);
        Assert.Null(guard.Fault());
    }

    [Theory]
    [InlineData(float.NaN, 1f, null)]
    [InlineData(float.PositiveInfinity, 1f, 10.0)]
    [InlineData(1f, float.NaN, 10.0)]
    [InlineData(1f, float.NaN, null)]
    [InlineData(1f, float.NegativeInfinity, null)]
    [InlineData(1f, 1e30f, null)] // the square spoils the optimizer's moments
    public void A_fault_is_told_at_once_where_nothing_is_waited_for(float loss, float gradient, double? limit)
    {
        using var guard = new GradientGuard(limit, CPU);
        Assert.False(guard.Pass(tensor(loss), [tensor(new[] { gradient })], 7));
        Assert.Equal(7, guard.Fault());
    }

    [Fact]
    public void Elsewhere_the_first_fault_is_remembered_and_its_gradients_are_nothing()
    {
        using var guard = new GradientGuard(null, CPU, waits: false);
        foreach (var (step, loss) in new[] { (4, 1f), (5, float.NaN), (6, 2f), (7, float.NegativeInfinity) })
        {
            var gradient = tensor(new[] { loss });
            Assert.True(guard.Pass(tensor(loss), [gradient], step));
            Assert.Equal(float.IsFinite(loss) ? loss : 0, gradient.item<float>());
        }
        Assert.Equal(5, guard.Fault());
    }

    [Fact]
    public void A_fault_is_seen_wherever_in_a_gradient_it_is()
    {
        using var guard = new GradientGuard(null, CPU);
        foreach (int size in (int[])[1, 3, 8, 16, 37])
        {
            foreach (int place in (int[])[0, size / 2, size - 1])
            {
                var gradient = ones(size, 2);
                Assert.True(guard.Pass(tensor(1f), [ones(5), gradient.t()], 1));
                gradient[place, 1] = float.NaN;
                Assert.False(guard.Pass(tensor(1f), [ones(5), gradient.t()], 1), $"{place} of {size}");
            }
        }
    }

    [Fact]
    public void Elsewhere_too_a_gradient_that_is_not_finite_beside_a_loss_that_is_comes_to_nothing()
    {
        using var guard = new GradientGuard(null, CPU, waits: false);
        Tensor[] gradients = [ones(2), tensor(new[] { 1, float.NaN })];
        Assert.True(guard.Pass(tensor(1f), gradients, 3));
        Assert.All(gradients, gradient => Assert.True(gradient.eq(0).all().item<bool>()));
        Assert.Equal(3, guard.Fault());
    }

    private static bool Close(double expected, double found) => Math.Abs(expected - found) < 1e-6;
}
