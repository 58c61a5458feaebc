using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("mnist", false, true)]
    [InlineData("train.zip", false, false)]
    [InlineData("a JPEG, train, 3 images", false, false)]
    [InlineData("train (JPEG reference)", true, false)]
    public void What_images_were_measured_against_does_not_hang_on_what_their_data_is_called(string name, bool lossy, bool toTrain)
    {
        var reference = new ImageReference(name, lossy, toTrain, 10_000);
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mnist, train")]
    public void Words_of_something_else_are_none(string? words) => Assert.Null(ImageReference.Parse(words));
}
