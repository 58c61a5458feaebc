using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

public sealed class FitRecipeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void Vectors_get_an_MLP_and_their_own_unit(int dimensions)
    {
        var recipe = For([dimensions]);
        Assert.True(recipe.Options.Standardise);
        Assert.Null(recipe.Options.Unet);
        Assert.True(recipe.Options.Training.ConstantRate);
        Assert.Equal(dimensions <= 8, recipe.Options.Network.FourierFeatures > 0);
    }

    [Theory]
    [InlineData(28, 28)]
    [InlineData(32, 32)]
    [InlineData(27, 40)]
    [InlineData(8, 8)]
    public void Images_get_a_UNet_that_fits_them(int height, int width)
    {
        var recipe = For([3, height, width]);
        Assert.NotEqual(true, recipe.Options.Standardise);
        Assert.InRange(recipe.Options.Training.BatchSize, 60, 64);
        Assert.Equal(16, For([1, 128, 128]).Options.Training.BatchSize);
        var network = NetworkChoice.For(recipe.Options.Network, recipe.Options.Unet, [3, height, width], 10, "test");
        Validator.ValidateObject(network, new(network), validateAllProperties: true);
    }

    [Fact]
    public void Fine_structure_asks_for_high_frequencies_whatever_its_unit()
    {
        double coarse = Frequency(Normal(1000)), fine = Frequency(Clusters()), large = Frequency(Clusters() * 1e4 + 1e5);
        Assert.True(fine > 3 * coarse);
        Assert.Equal(fine, large, 0.1 * fine);
        // sorted by class, the wide one first: points of both tell
        var (wide, narrow) = (Normal(3000), Normal(6000) * 0.01 + 5);
        Assert.True(Frequency(cat([wide, narrow])) > 5 * Frequency(wide));

        static double Frequency(Tensor points) => FitRecipe.For(Data(points, 1), Data(points, 1)).Options.Network.FourierFrequency;
        static Tensor Clusters() => Normal(1000) * 0.02 + stack([arange(1000).remainder(5), arange(1000).remainder(7)], 1).to(ScalarType.Float32);
        static Tensor Normal(long count) => RandomKey.From(0, "points").Normal(0, count, [2]);
    }

    [Fact]
    public void Pairs_stay_within_classes_that_are_large_enough()
    {
        Assert.True(FitRecipe.For(Data(zeros(200, 2), 2), Data(zeros(200, 2), 2)).Options.MatchClasses);
        Assert.False(FitRecipe.For(Data(zeros(200, 2), 2), Data(zeros(60, 2), 2)).Options.MatchClasses);
    }

    [Fact]
    public void Each_choice_has_a_reason_and_the_options_are_valid()
    {
        foreach (long[] shape in (long[][])[[2], [64], [1, 28, 28]])
        {
            var recipe = For(shape);
            Assert.All(recipe.Choices, choice => Assert.All((string[])[choice.Name, choice.Value, choice.Reason], Assert.NotEmpty));
            Validator.ValidateObject(recipe.Options, new(recipe.Options), validateAllProperties: true);
            Assert.NotNull(recipe.CreateSolver());
        }
        Refusal.Of(() => For([2, 3]), "vectors [N, D] or images [N, C, H, W]");
    }

    private static FitRecipe For(long[] shape)
    {
        var points = Data(RandomKey.From(0, "recipe").Normal(0, 120, shape), 1);
        return FitRecipe.For(points, points);
    }

    private static LabeledData Data(Tensor points, int classes) => new(points, arange(points.shape[0], ScalarType.Int64).remainder(classes), classes);
}
