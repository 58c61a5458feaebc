using Veer.Models;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public sealed class StandardisationTests
{
    [Fact]
    public void Each_column_has_its_own_mean_and_deviation()
    {
        // columns 1 3 (mean 2, deviation 1), 1000 3000, and a constant one, whose spread is taken from the others: 0 8 (4)
        using var points = tensor(new[,] { { 1f, 1000, 5 }, { 3f, 3000, 5 } });
        using var others = tensor(new[,] { { 7f, 7, 0 }, { 9f, 9, 8 } });
        var unit = Standardisation.From(points, others);
        Assert.Equal([2, 2000, 5], unit.Center);
        Assert.Equal([1, 1000, 4], unit.Scale);
        Near.Absolute(tensor(new[,] { { -1f, -1, 0 }, { 1f, 1, 0 } }), unit.Apply(points), 0);
        Near.Absolute(points, unit.Invert(unit.Apply(points)), 0);
        Near.Absolute(tensor(new[,] { { 1f, 1000, 4 } }), unit.InvertVelocity(ones(1, 3)), 0);
        Assert.Equal([1, 1, 1], Standardisation.From(ones(4, 3), zeros(4, 3)).Scale);
    }

    [Fact]
    public void The_rounding_of_a_constant_is_no_spread()
    {
        using var points = full([1000, 1], 0.1f) + tensor(new[] { 1e-8f }) * arange(1000).remainder(2).unsqueeze(1);
        Assert.Equal([1], Standardisation.From(points, points).Scale);
    }

    [Fact]
    public void One_of_other_points_is_refused()
    {
        var unit = new Standardisation { Center = [0, 0], Scale = [1, 1] };
        unit.Check("model", 2);
        Refusal.Of(() => unit.Check("model", 3), "model: standardisation: found 2 centres and 2 scales, expected 3");
        Refusal.Of(() => (unit with { Scale = [1, 0] }).Check("model", 2), "above 0");
    }
}
