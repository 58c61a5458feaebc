using Veer.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public class ImageAugmentationTests
{
    private static readonly ImageAugmentation None = new() { Rotation = 0, Scaling = 0, Shift = 0 };

    [Fact]
    public void Without_any_change_images_stay()
    {
        using var scope = NewDisposeScope();
        var images = RandomKey.From(18, "images").Normal(0, 4, [1, 28, 28]);
        Assert.True(Changed(None, images).allclose(images, rtol: 0, atol: 1e-5));
    }

    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        using var scope = NewDisposeScope();
        var images = RandomKey.From(18, "images").Normal(0, 1, [1, 28, 28]).repeat(100, 1, 1, 1);
        var gaps = (Changed(None with { Mirror = true }, images) - images).abs().amax([1, 2, 3]);
        var mirrored = (Changed(None with { Mirror = true }, images) - images.flip(3)).abs().amax([1, 2, 3]);
        long same = gaps.lt(1e-5).sum().item<long>(), flipped = mirrored.lt(1e-5).sum().item<long>();
        Assert.Equal(100, same + flipped);
        Assert.InRange(same, 30, 70);
    }

    [Fact]
    public void A_shift_moves_the_centre_by_up_to_its_pixels_along_each_axis()
    {
        using var scope = NewDisposeScope();
        var moved = Centres(Changed(None with { Shift = 3 }, Dot(13, 13, 200))) - 13.5;
        Assert.InRange(moved.abs().max().item<double>(), 2.8, 3.0001);
        Assert.InRange(moved.std(0).min().item<double>(), 1.5, 2); // uniform: 3 / sqrt(3)
    }

    [Fact]
    public void A_shift_by_whole_pixels_leaves_images_sharp()
    {
        using var scope = NewDisposeScope();
        var dots = Changed(None with { Shift = 3, WholePixels = true }, Dot(13, 13, 300));
        Assert.Equal(Dot(13, 13, 1).unique().output.shape, ((dots * 1000).round() / 1000).unique().output.shape);
        var moved = Centres(dots) - 13.5;
        Assert.InRange((moved - moved.round()).abs().max().item<double>(), 0, 1e-3);
        // each of the seven places about as often
        foreach (int place in Enumerable.Range(-3, 7)) Assert.InRange(moved.round().eq(place).to(ScalarType.Float32).mean().item<float>(), 0.09, 0.20);
    }

    [Fact]
    public void A_turn_keeps_the_distance_from_the_middle_and_a_change_of_size_the_direction()
    {
        using var scope = NewDisposeScope();
        // a dot 8 pixels above the middle
        var turned = Centres(Changed(None with { Rotation = 30 }, Dot(5, 13, 200))) - 13.5;
        Assert.InRange((turned.norm(1) - 8).abs().max().item<double>(), 0, 0.1);
        var angle = atan2(turned.select(1, 1), -turned.select(1, 0)) * (180 / Math.PI);
        Assert.InRange(angle.abs().max().item<double>(), 28, 30.5);
        Assert.InRange(angle.min().item<double>(), -30.5, -25);
        var scaled = Centres(Changed(None with { Scaling = 0.25 }, Dot(5, 13, 200))) - 13.5;
        Assert.InRange(scaled.select(1, 1).abs().max().item<double>(), 0, 0.05);
        Assert.InRange(scaled.select(1, 0).min().item<double>(), -10.2, -9.7);
        Assert.InRange(scaled.select(1, 0).max().item<double>(), -6.3, -5.8);
    }

    [Fact]
    public void What_comes_in_is_black_and_equal_draws_give_equal_images()
    {
        using var scope = NewDisposeScope();
        var images = Changed(new() { Shift = 5 }, ones(50, 1, 28, 28));
        Assert.Equal(-1, images.min().item<float>(), 1e-5);
        Assert.Equal(1, images.max().item<float>(), 1e-5);
        Assert.True(AnyTensor.Same(images, Changed(new() { Shift = 5 }, ones(50, 1, 28, 28))));
    }

    private static Tensor Changed(ImageAugmentation augmentation, Tensor images)
    {
        using var draws = RandomKey.From(18, "changes").Draws();
        return augmentation.Apply(images, draws);
    }

    /// <summary>A bright square of 2 x 2 pixels on black.</summary>
    private static Tensor Dot(int row, int column, int count)
    {
        var images = full([count, 1, 28, 28], -1f);
        images.narrow(2, row, 2).narrow(3, column, 2).fill_(1);
        return images;
    }

    /// <summary>[N, 2] row and column of the centre of light.</summary>
    private static Tensor Centres(Tensor images)
    {
        var light = (images.squeeze(1) + 1).to(ScalarType.Float64);
        var place = arange(28, ScalarType.Float64);
        var sum = light.sum([1, 2]);
        return stack([(light.sum(2) * place).sum(1) / sum, (light.sum(1) * place).sum(1) / sum], 1);
    }
}
