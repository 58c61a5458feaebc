using System.Security.Cryptography;
using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public sealed class ImageJudgeTests : FolderTests
{
    [Theory]
    [InlineData("mnist", ImageJudge.MnistFingerprint, 500_000, 64)]
    [InlineData("fashion-mnist", ImageJudge.FashionMnistFingerprint, 500_000, 64)]
    [InlineData("cifar10", ImageJudge.Cifar10Fingerprint, 2_000_000, 128)]
    public void The_judges_of_the_library_are_the_files_that_it_names(string dataSet, string fingerprint, int most, int features)
    {
        byte[] file = Embed(dataSet);
        Assert.InRange(file.Length, 100_000, most);
        Assert.Equal(fingerprint, Convert.ToHexStringLower(SHA256.HashData(file)));
        using var judge = ImageJudge.Named(dataSet);
        Assert.Equal((dataSet, dataSet + "-judge", fingerprint), (judge.For, judge.Name, judge.Fingerprint));
        Assert.Equal((features, 10), (judge.Size, judge.Classes));
        using var loaded = ImageJudge.Load(folder.File("judge.safetensors", file));
        Assert.Equal(fingerprint, loaded.Fingerprint);
        var images = features == 64 ? Images(3) : RandomKey.From(16, "images").Normal(0, 3, [3, 32, 32]) / 2;
        Assert.True(AnyTensor.Same(judge.Features(images), loaded.Features(images)));
    }

    [Fact]
    public void The_MNIST_judge_is_right_about_more_than_99_percent_of_the_test_images()
    {
        var test = Mnist.Load(SharedData.Folder("mnist"), train: false);
        using var judge = ImageJudge.Named("mnist");
        Assert.InRange(judge.LabelAgreement(test), 0.994, 1);
    }

    [Fact]
    public void The_CIFAR_10_judge_is_right_about_most_test_images()
    {
        // a part: the whole takes a while
        var test = ImageData.Load(SharedData.Folder("cifar10"), train: false, cancellation: TestContext.Current.CancellationToken).Slice(0, 2000);
        using var judge = ImageJudge.Named("cifar10");
        Assert.InRange(judge.LabelAgreement(test), 0.807, 0.842);
    }

    [Fact]
    public void The_Fashion_MNIST_judge_is_right_about_more_than_90_percent_of_the_test_images()
    {
        const string packaged = "/usr/share/datasets/fashion-mnist";
        Assert.SkipUnless(Directory.Exists(packaged), $"no {packaged}: Debian's package dataset-fashion-mnist is not installed");
        var test = Mnist.Load(packaged, train: false);
        using var judge = ImageJudge.Named("fashion-mnist");
        Assert.InRange(judge.LabelAgreement(test), 0.905, 1);
    }

    [Fact]
    public void Features_of_bytes_and_of_numbers_that_round_to_them_are_equal()
    {
        using var judge = ImageJudge.Named("mnist");
        var images = ImageQuantization.Apply(Images(700));
        var features = judge.Features(images);
        Assert.Equal([700L, 64L], features.shape);
        Assert.True(AnyTensor.Same(features, judge.Features(images + 0.3f / 127.5f)));
        // row by row, to rounding: sums may run in another order in another batch
        var alone = judge.Features(images.narrow(0, 650, 1));
        Assert.True(alone.allclose(features.narrow(0, 650, 1), rtol: 1e-4, atol: 1e-4));
    }

    [Fact]
    public void Probabilities_sum_to_one_and_agreement_is_the_share_of_labels_they_favour()
    {
        using var judge = ImageJudge.Named("mnist");
        var images = Images(40);
        var probabilities = judge.Probabilities(images);
        Assert.True(probabilities.sum(1).allclose(ones(40), rtol: 0, atol: 1e-6));
        var labels = probabilities.argmax(1);
        Assert.Equal(1, judge.LabelAgreement(new(images, labels, 10)));
        labels.narrow(0, 0, 10).add_(1).remainder_(10);
        Assert.Equal(0.75, judge.LabelAgreement(new(images, labels, 10)));
    }

    [Fact]
    public void What_is_no_such_image_is_refused_in_one_line()
    {
        using var judge = ImageJudge.Named("mnist");
        Refusal.Of(
            () => judge.Features(zeros(2, 3, 32, 32)), "mnist-judge: images: found [2, 3, 32, 32], expected [N, 1, 28, 28], N at least 1");
        Refusal.Of(() => judge.Probabilities(zeros(0, 1, 28, 28)), "found [0, 1, 28, 28]");
        var images = Images(600);
        images[555, 0, 3, 3] = double.NaN;
        Refusal.Of(() => judge.LabelAgreement(new(images, zeros(600, ScalarType.Int64), 10)), "mnist-judge: image 555: found a value that is not");
    }

    [Fact]
    public void It_is_not_used_for_another_data_set()
    {
        Refusal.Of(() => ImageJudge.Named("pets"), "judge: data set: found 'pets', expected one of cifar10, fashion-mnist, mnist");
        using var judge = ImageJudge.Named("mnist");
        Refusal.Of(
            () => FeatureSpaces.RequireFor(judge, "fashion-mnist"),
            "mnist-judge: reference: found 'fashion-mnist', expected 'mnist', the data set that it was trained on");
        FeatureSpaces.RequireFor(judge, "mnist");
        Assert.Equal(ImageJudge.MnistFingerprint, EvaluationFingerprint.OfSpace(judge)["features file"]);
    }

    [Fact]
    public void A_file_that_is_no_judge_is_refused_and_says_why()
    {
        Refusal.Of(() => ImageJudge.Load(folder.File("none")), "none: file: found no such file, expected a judge's safetensors file");
        string path = folder.File("judge.safetensors", Embed("mnist"));
        var tensors = Safetensors.Read(path).Tensors;
        Safetensors.Write(path, tensors);
        Refusal.Of(() => ImageJudge.Load(path), "judge.safetensors: for: found nothing in the metadata, expected the data set");
        var fewer = tensors.Where(pair => pair.Key != "head.bias").ToDictionary();
        Safetensors.Write(path, fewer, new Dictionary<string, string> { ["for"] = "mnist" });
        Refusal.Of(() => ImageJudge.Load(path), "judge.safetensors: head.bias: found no such tensor");
        File.WriteAllBytes(path, Embed("mnist")[..5000]);
        Refusal.Of(() => ImageJudge.Load(path), "judge.safetensors", "torn");
    }

    private static byte[] Embed(string dataSet)
    {
        using var stream = typeof(ImageJudge).Assembly.GetManifestResourceStream($"{dataSet}-judge.safetensors")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static Tensor Images(long count) => RandomKey.From(16, "images").Normal(0, count, [1, 28, 28]) / 2;
}
