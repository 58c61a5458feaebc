using Veer.Data;
using Xunit;

namespace Veer.Tests.Data;

public sealed class ShortNamesTests
{
    [Theory]
    [InlineData("a/x.npz b/y.npz", "x.npz y.npz")]
    [InlineData("runs/w1/training.npz runs/w3/training.npz", "w1/training.npz w3/training.npz")]
    [InlineData("a/x/t.npz b/x/t.npz b/y/u.npz", "a/x/t.npz b/x/t.npz b/y/u.npz")]
    [InlineData("x.npz a/x.npz", "x.npz a/x.npz")]
    [InlineData("/x.npz a/x.npz", "/x.npz a/x.npz")]
    [InlineData("a/real b/fake/", "real fake")]
    [InlineData("a/x.npz b/y.npz a/x.npz", "x.npz (1) y.npz x.npz (3)")]
    [InlineData("only/one.csv", "one.csv")]
    public void Tell_files_apart_with_as_few_parts_as_that_takes(string paths, string names) =>
        Assert.Equal(names, string.Join(' ', ShortNames.Of(paths.Split(' '))));
}
