using TorchSharp;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public sealed class EdmAugmentationTests : IDisposable
{
    private const int Count = 2000;

    private static readonly RandomKey Key = RandomKey.From(3, "augmentation");

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void With_probability_zero_images_stay_and_conditions_are_zero()
    {
        var images = RandomKey.From(3, "images").Normal(0, 50, [3, 8, 8]);
        var (found, conditions) = new EdmAugmentation { Probability = 0, Mirror = false }.Apply(images, Key);
        Assert.True(AnyTensor.Same(images, found));
        Near.Absolute(zeros(50, EdmAugmentation.Conditions), conditions, 0);
    }

    [Fact]
    public void Half_of_the_images_are_mirrored_to_the_bit()
    {
        var images = RandomKey.From(3, "images").Normal(0, Count, [3, 8, 8]);
        var (found, conditions) = new EdmAugmentation { Probability = 0 }.Apply(images, Key);
        var mirrored = conditions.select(1, 0) == 1;
        Assert.Equal(0.5, mirrored.to(ScalarType.Float32).mean().item<float>(), 0.04);
        Assert.True(AnyTensor.Same(images[mirrored].flip(3), found[mirrored]));
        Assert.True(AnyTensor.Same(images[~mirrored], found[~mirrored]));
        Assert.Equal(0, conditions.narrow(1, 1, 8).abs().max().item<float>());
    }

    [Fact]
    public void Each_change_happens_by_itself_with_its_probability_and_the_rest_stay_to_the_bit()
    {
        var images = RandomKey.From(3, "images").Normal(0, Count, [1, 8, 8]);
        var (found, conditions) = new EdmAugmentation { Probability = 0.3, Mirror = false }.Apply(images, Key);
        double Share(int column) => conditions.select(1, column).ne(0).to(ScalarType.Float32).mean().item<float>();
        Assert.Equal(0, Share(0));
        Assert.Equal(0.15, Share(1), 0.03);
        foreach (int column in (int[])[2, 3, 4, 5, 7, 8]) Assert.Equal(0.3, Share(column), 0.035);
        // half of the stretches are along the image's sides
        Assert.Equal(0.15, Share(6), 0.03);
        // turn and shift have two conditions each
        foreach (int column in (int[])[3, 7])
            Assert.True(conditions.select(1, column).ne(0).eq(conditions.select(1, column + 1).ne(0)).all().item<bool>());
        var stays = conditions.eq(0).all(1);
        Assert.Equal(Math.Pow(0.7, 4) * 0.85, stays.to(ScalarType.Float32).mean().item<float>(), 0.035);
        Assert.True(AnyTensor.Same(images[stays], found[stays]));
        Assert.True((images - found)[~stays].abs().amax(1, 2, 3).gt(1e-4).all().item<bool>());
    }

    [Fact]
    public void Equal_keys_give_equal_images_and_others_do_not()
    {
        var images = RandomKey.From(3, "images").Normal(0, 40, [1, 8, 8]);
        var always = new EdmAugmentation { Probability = 1 };
        Assert.True(AnyTensor.Same(always.Apply(images, Key).Images, always.Apply(images, Key).Images));
        Assert.False(AnyTensor.Same(always.Apply(images, Key).Images, always.Apply(images, Key.At(1)).Images));
    }

    [Fact]
    public void Places_move_as_the_conditions_say()
    {
        // a hill, smooth enough that no filter shows
        const int side = 96;
        var place = arange(side, ScalarType.Float32) - (side - 1) / 2.0;
        var (x, y) = (place.reshape(1, -1), place.reshape(-1, 1));
        var hill = (-((x - 4).square() + (y - 2).square()) / 18).exp().expand(400, 1, side, side).contiguous();
        var (found, conditions) = new EdmAugmentation { Probability = 0.5, Mirror = false }.Apply(hill, Key);
        var plain = conditions.select(1, 1) == 0;
        // so little changed that no mirror image comes in at the edge
        var whole = plain & conditions.narrow(1, 7, 2).abs().amax(1).less(0.6) & conditions.select(1, 2).abs().less(1)
            & conditions.narrow(1, 5, 2).norm(1).less(0.7);
        var (light, told) = (found[whole].squeeze(1).to(ScalarType.Float64), conditions[whole].to(ScalarType.Float64));
        Assert.InRange(light.shape[0], 60, 200);
        var sum = light.sum([1, 2]);
        var middle = stack([(light * x).sum([1, 2]) / sum, (light * y).sum([1, 2]) / sum], 1);

        var start = tensor(new double[] { 4, 2 }).expand(light.shape[0], 2);
        var (size, cos, sin) = (exp2(0.2 * told.select(1, 2)), told.select(1, 3) + 1, told.select(1, 4));
        var turned = stack([cos * start.select(1, 0) + sin * start.select(1, 1), -sin * start.select(1, 0) + cos * start.select(1, 1)], 1);
        var scaled = turned * size.unsqueeze(1);
        var strength = told.narrow(1, 5, 2).norm(1);
        var axis = told.narrow(1, 5, 2) * tensor(new double[] { 1, -1 }) / strength.clamp(min: 1e-9).unsqueeze(1);
        var along = (scaled * axis).sum(1, keepdim: true) * axis;
        var rest = scaled - along;
        var (longer, shorter) = (exp2(0.2 * strength).unsqueeze(1), exp2(-0.2 * strength).unsqueeze(1));
        var one = along * longer + rest * shorter;
        var other = along * shorter + rest * longer;
        var shift = told.narrow(1, 7, 2) * (side / 8.0);
        // a stretch along one way of an axis and a squeeze along the other way have the same conditions, as in the reference
        var miss = minimum((one + shift - middle).norm(1), (other + shift - middle).norm(1));
        Near.Absolute(zeros_like(miss), miss, 0.1);
        Assert.True((start - middle).norm(1).max().item<double>() > 5);
        Assert.True((scaled + shift - middle).norm(1).max().item<double>() > 0.3);
    }

    [Fact]
    public void What_comes_in_from_outside_is_mirrored_at_the_edge()
    {
        var images = ones(200, 1, 16, 16) * 0.7;
        var (found, _) = new EdmAugmentation { Probability = 1 }.Apply(images, Key);
        Near.Absolute(images, found, 1e-5);
        var halves = cat([-ones(200, 1, 16, 8), ones(200, 1, 16, 8)], 3);
        Assert.InRange(new EdmAugmentation { Probability = 1 }.Apply(halves, Key).Images.abs().max().item<float>(), 1, 1.2);
    }
}
