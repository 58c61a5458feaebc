using System.Text;
using Veer.Formats;
using Xunit;

namespace Veer.Tests.Formats;

public sealed class DatasetJsonTests
{
    private static readonly string[] Images = ["0/a.png", "0/b.png", "1/c.png"];

    [Fact]
    public void Labels_are_put_in_the_order_of_the_images() =>
        Assert.Equal([2, 0, 7], Read("""{"labels": [["1/c.png", 7], ["0/a.png", 2], ["0\\b.png", 0]]}""")!);

    [Fact]
    public void Null_says_that_there_are_no_labels() => Assert.Null(Read("""{"labels": null, "other": 1}"""));

    [Theory]
    [InlineData("""{"labels": [["0/a.png", 1], ["0/b.png", 1]""", "found broken JSON (")]
    [InlineData("", "found broken JSON (")]
    [InlineData("[]", "found no key \"labels\"")]
    [InlineData("""{"label": []}""", "found no key \"labels\"")]
    [InlineData("""{"labels": {"0/a.png": 1}}""", "found labels of kind Object")]
    [InlineData("""{"labels": [["0/a.png", 1], ["0/b.png", 1]]}""", "found no label for 1/c.png, expected one for each image")]
    [InlineData("""{"labels": []}""", "found no label for 0/a.png")]
    [InlineData("""{"labels": [["0/a.png", 1], ["0/z.png", 1]]}""", "found a label for 0/z.png, expected names of images that are there")]
    [InlineData("""{"labels": [["0/a.png", 1], ["0/a.png", 1]]}""", "found two labels for 0/a.png")]
    [InlineData("""{"labels": [["0/a.png", -1]]}""", "found the entry [\"0/a.png\", -1], expected [[name, label], ...]")]
    [InlineData("""{"labels": [["0/a.png", 1.5]]}""", "found the entry [\"0/a.png\", 1.5]")]
    [InlineData("""{"labels": [["0/a.png", 1000000]]}""", "found the entry [\"0/a.png\", 1000000]")]
    [InlineData("""{"labels": [["0/a.png", [0, 1]]]}""", "found the entry [\"0/a.png\", [0, 1]]")]
    [InlineData("""{"labels": [["0/a.png"]]}""", "found the entry [\"0/a.png\"]")]
    [InlineData("""{"labels": [3]}""", "found the entry 3")]
    public void What_gives_no_label_for_each_image_is_refused(string json, string message) =>
        Refusal.Of(() => Read(json), "set.zip: dataset.json: " + message);

    private static int[]? Read(string json) => DatasetJson.Read(Encoding.UTF8.GetBytes(json), "set.zip", Images);
}
