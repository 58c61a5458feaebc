using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>What all feature spaces share: quantised images, refusals, and the fingerprint of a number.</summary>
public class FeatureSpaceTests
{
    [Fact]
    public void Every_byte_comes_back_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var bytes = arange(256).to(ScalarType.Byte);
        // as data sets are read
        var images = bytes.to(ScalarType.Float32).div_(127.5).sub_(1);
        Assert.Equal(bytes.bytes.ToArray(), ImageQuantization.ToBytes(images).bytes.ToArray());
        Assert.True(AnyTensor.Same(images, ImageQuantization.Apply(images)));
        Assert.True(AnyTensor.Same(images, ImageQuantization.Apply(images + 0.4f / 127.5f)));
    }

    [Fact]
    public void What_is_out_of_range_is_clamped_and_halves_go_to_the_even_byte()
    {
        using var scope = NewDisposeScope();
        var images = tensor(new[] { -7f, -1.001f, 1.001f, 50, 0 });
        Assert.Equal(new byte[] { 0, 0, 255, 255, 128 }, ImageQuantization.ToBytes(images).bytes.ToArray());
    }

    [Fact]
    public void Pixels_are_the_quantised_numbers_row_by_row_in_any_number_of_batches()
    {
        using var scope = NewDisposeScope();
        var images = RandomKey.From(15, "images").Normal(0, 1203, [2, 3, 4]) / 3;
        var space = new PixelSpace(2, 3, 4);
        var features = space.Features(images);
        Assert.Equal(("pixels", "none", 24, null), (space.Name, space.Fingerprint, space.Size, ((IFeatureSpace)space).For));
        Assert.True(AnyTensor.Same(ImageQuantization.Apply(images).flatten(1), features));
        Assert.True(AnyTensor.Same(features, space.Features(ImageQuantization.Apply(images))));
    }

    [Fact]
    public void What_is_no_such_image_is_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        var space = new PixelSpace(1, 3, 4);
        Refusal.Of(() => space.Features(zeros(2, 1, 4, 4)), "pixels: images: found [2, 1, 4, 4], expected [N, 1, 3, 4], N at least 1");
        Refusal.Of(() => space.Features(zeros(0, 1, 3, 4)), "found [0, 1, 3, 4]");
        Refusal.Of(() => space.Features(zeros(3, 4)), "found [3, 4]");
        var images = zeros(5, 1, 3, 4);
        images[3, 0, 2, 1] = float.NaN;
        Refusal.Of(() => space.Features(images), "pixels: image 3: found a value that is not finite, expected numbers from -1 to 1");
    }

    [Fact]
    public void A_fingerprint_says_what_a_number_rests_on()
    {
        Assert.Equal(
            new Dictionary<string, string> { ["features"] = "pixels", ["features file"] = "none", ["resize"] = "none", ["quantization"] = "round(127.5(x+1)) to bytes" },
            EvaluationFingerprint.OfSpace(new PixelSpace(1, 3, 4)));
    }
}
