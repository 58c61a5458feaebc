using Veer.Cli;
using Xunit;

namespace Veer.Tests.Cli;

public sealed class TimeLeftTests
{
    private readonly TimeLeft left = new();

    [Fact]
    public void The_rate_so_far_goes_on()
    {
        Assert.Null(left.At(0, 0));
        Assert.Equal(30, left.At(10, 0.25)!.Value, 12);
        Assert.Equal(0, left.At(35, 1));
    }

    [Fact]
    public void What_a_checkpoint_brought_is_not_counted_as_headway()
    {
        Assert.Null(left.At(2, 0.5));
        Assert.Null(left.At(3, 0.5));
        Assert.Equal(40, left.At(12, 0.6)!.Value, 12);
        left.Restart();
        Assert.Null(left.At(1, 0.1));
    }
}
