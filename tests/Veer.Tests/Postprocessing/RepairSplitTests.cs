using Veer.Data;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

public sealed class RepairSplitTests
{
    [Fact]
    public void Every_point_is_in_one_part_and_every_class_in_its_proportion()
    {
        var split = RepairSplit.Create(Numbered(1000), Numbered(500), 1);
        LabeledData[] samples = [split.Samples, split.Stopping.Samples, split.Strength.Samples], real = [split.Real, split.Stopping.Real, split.Strength.Real];
        Assert.Equal([600L, 200, 200], samples.Select(part => part.Count));
        Assert.Equal([300L, 100, 100], real.Select(part => part.Count));
        Assert.Equal(Enumerable.Range(0, 1000).Select(row => (float)row), samples.SelectMany(part => part.Points.data<float>().ToArray()).Order());
        foreach (var part in samples)
        {
            // a tenth is of class 1
            Assert.InRange(part.Labels.sum().item<long>(), part.Count / 10 - 1, part.Count / 10 + 1);
            Assert.True(part.Points.remainder(10).eq(0).flatten().eq(part.Labels.eq(1)).all().item<bool>());
        }
    }

    [Fact]
    public void It_is_the_seeds_and_held_out_points_are_in_no_order()
    {
        var (one, same, other) = (RepairSplit.Create(Numbered(500), Numbered(500), 1), RepairSplit.Create(Numbered(500), Numbered(500), 1), RepairSplit.Create(Numbered(500), Numbered(500), 2));
        Assert.True(AnyTensor.Same(one.Strength.Samples.Points, same.Strength.Samples.Points));
        Assert.False(AnyTensor.Same(one.Strength.Samples.Points, other.Strength.Samples.Points));
        Assert.False(AnyTensor.Same(one.Strength.Samples.Points, one.Strength.Real.Points));
        float[] places = one.Strength.Samples.Points.data<float>().ToArray();
        Assert.NotEqual(places.Order(), places);
        Assert.InRange(one.Strength.Samples.Labels.narrow(0, 0, 50).sum().item<long>(), 0, 20);
    }

    [Fact]
    public void Too_few_are_refused() =>
        Refusal.Of(() => RepairSplit.Create(Numbered(99), Numbered(500), 0), "repair: samples: found 99, expected at least 100");

    private static LabeledData Numbered(int count)
    {
        var rows = arange(count, ScalarType.Int64);
        return new(rows.to(ScalarType.Float32).unsqueeze(1), rows.remainder(10).eq(0).to(ScalarType.Int64), 2);
    }
}
