using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class AscendingRowsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    [InlineData(100)]
    [InlineData(5_003)]
    public void Rows_of_every_kind_come_out_as_comparisons_order_them(int count)
    {
        using var scope = NewDisposeScope();
        var normal = RandomKey.From(1, "ascending").Normal(0, count, [7]).t().to(ScalarType.Float64).contiguous();
        normal[1] = normal[1].exp().pow(20);
        normal[2] = normal[2].round();
        normal[3] = normal[3].sign() * 1e300;
        normal[4] = 3.25;
        normal[5] = normal[5] * 1e-310;
        normal[6] = (normal[6] * 1e-12).index_put_(1e9, tensor(0L));
        var expected = normal.sort(1).Values;
        AscendingRows.Sort(normal);
        Assert.True(normal.eq(expected).all().item<bool>());
    }

    [Fact]
    public void Rows_that_are_sorted_one_way_or_the_other_come_out_sorted()
    {
        using var scope = NewDisposeScope();
        var rows = stack([arange(3_000, ScalarType.Float64), arange(3_000, ScalarType.Float64).flip(0).exp()]);
        var expected = rows.sort(1).Values;
        AscendingRows.Sort(rows);
        Assert.True(rows.eq(expected).all().item<bool>());
    }
}
