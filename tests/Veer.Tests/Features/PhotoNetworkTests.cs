using Veer.Data;
using Veer.Features;
using Veer.Runtime;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public sealed class PhotoNetworkTests : FolderTests
{
    [Fact]
    public void Its_weights_are_fewer_than_two_megabytes_and_start_as_rectified_units_want()
    {
        using var network = new PhotoNetwork(10);
        Assert.InRange(4 * network.parameters().Sum(weight => weight.numel()), 1_000_000, 2_000_000);
        network.Initialise(RandomKey.From(1, "weights"));
        var weights = network.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        Assert.Contains(PhotoNetwork.FirstLayer, weights.Keys);
        double extent = Math.Sqrt(6.0 / (9 * 64));
        Assert.Equal(extent, weights["block4.conv1.weight"].abs().max().item<float>(), 1e-3);
        Assert.True(weights["block4.conv1.bias"].eq(0).all().item<bool>());
        Assert.True(weights["block4.norm1.weight"].eq(1).all().item<bool>());
    }

    [Fact]
    public void An_images_features_are_its_own_and_bfloat16_gives_about_the_same()
    {
        using var network = new PhotoNetwork(10);
        network.Initialise(RandomKey.From(1, "weights"));
        using var quiet = no_grad();
        var images = Images(6);
        var features = network.Features(images);
        Assert.Equal([6L, 128L], features.shape);
        Near.Distance(features.narrow(0, 2, 1), network.Features(images.narrow(0, 2, 1)), 1e-4);
        network.Compute = Precision.BFloat16;
        var coarse = network.Features(images);
        Assert.Equal(ScalarType.Float32, coarse.dtype);
        double off = ((coarse - features).norm() / features.norm()).item<float>();
        Assert.InRange(off, 1e-6, 0.05);
    }

    [Fact]
    public void A_judge_of_coloured_images_learns_and_its_file_says_what_it_is()
    {
        var options = new ImageJudgeOptions
        {
            Augmentation = new() { Rotation = 0, Scaling = 0, Shift = 0.5, Mirror = true },
            Training = new() { Steps = 60, BatchSize = 24, LearningRate = 4e-3, AverageDecay = 0.5 },
        };
        using var judge = Fit(options);
        Assert.InRange(judge.LabelAgreement(Colours(100, "test")), 0.9, 1);
        Assert.Equal(("colours", 128), (judge.For, judge.Size));
        Refusal.Of(() => judge.Probabilities(zeros(2, 1, 28, 28)), "found [2, 1, 28, 28], expected [N, 3, 32, 32]");
    }

    [Fact]
    public void A_judge_that_learned_in_bfloat16_judges_in_float32()
    {
        var options = new ImageJudgeOptions { Training = new() { Steps = 2, BatchSize = 4 } };
        using var coarse = Fit(options, Precision.BFloat16);
        using var fine = Fit(options);
        Assert.NotEqual(fine.Fingerprint, coarse.Fingerprint);
        var images = Images(6);
        Near.Distance(coarse.Features(images.narrow(0, 2, 1)), coarse.Features(images).narrow(0, 2, 1), 1e-4);
    }

    private ImageJudge Fit(ImageJudgeOptions options, Precision precision = Precision.Float32) => ImageJudgeTraining.Fit(
        Colours(200, "train"), "colours", options, folder.Path, seed: 1, precision: precision, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Images of a red bar whose place tells the class.</summary>
    private static LabeledData Colours(int count, string purpose)
    {
        var labels = arange(count, ScalarType.Int64).remainder(10);
        var images = RandomKey.From(17, purpose).Normal(0, count, PhotoNetwork.ImageShape) * 0.1;
        var (rows, top) = (arange(PhotoNetwork.ImageShape[1]).reshape(1, 1, -1, 1), (labels * 3 + 1).reshape(-1, 1, 1, 1));
        images.narrow(1, 0, 1).add_(rows.ge(top).bitwise_and(rows.lt(top + 3)));
        return new(images, labels, 10);
    }

    private static Tensor Images(long count) => RandomKey.From(16, "images").Normal(0, count, PhotoNetwork.ImageShape) / 2;
}
