using TorchSharp;
using Veer.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

[Collection("VEER_DATA")] // no two tests set the variable at a time
public sealed class DefaultFeatureSpaceTests : IDisposable
{
    private const string Variable = "VEER_DATA", Nobodys = "figures compare with nobody's published ones, only with others in this space";

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable(Variable);

    public DefaultFeatureSpaceTests()
    {
        Environment.SetEnvironmentVariable(Variable, folder.Path);
        Directory.CreateDirectory(folder.File("models"));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, before);
        folder.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(new long[] { 1, 28, 28 }, "mnist", "mnist-judge")]
    [InlineData(new long[] { 3, 32, 32 }, "cifar10", "cifar10-judge")]
    [InlineData(new long[] { 3, 28, 28 }, "mnist", "pixels")] // the judge sees no such images
    [InlineData(new long[] { 1, 28, 28 }, "digits", "pixels")]
    [InlineData(new long[] { 1, 28, 28 }, null, "pixels")]
    public void Without_a_model_it_is_the_judge_of_a_known_data_set_or_pixels(long[] shape, string? dataSet, string name)
    {
        using var space = FeatureSpaces.Default(shape, dataSet);
        Assert.Equal(name, space.Name);
        Assert.StartsWith($"images are compared in {name}", FeatureSpaces.Remark(space), StringComparison.Ordinal);
        Assert.EndsWith(Nobodys, FeatureSpaces.Remark(space), StringComparison.Ordinal);
    }

    [Fact]
    public void DINOv2_comes_first_and_of_several_the_one_that_figures_are_published_in()
    {
        Put("dinov2-with-registers-small.onnx");
        using var small = FeatureSpaces.Default([1, 28, 28], "mnist");
        Assert.Equal("dinov2-small-cls", small.Name);
        Assert.Equal($"images are compared in dinov2-small-cls (DINOv2 (small), the class token): {Nobodys}", FeatureSpaces.Remark(small));
        Put("dinov2-with-registers-large.onnx");
        using var large = FeatureSpaces.Default([3, 28, 28]);
        Assert.Equal("dinov2-large-cls", large.Name);
        Put("dinov2-vitl14.onnx");
        using var published = FeatureSpaces.Default([3, 28, 28]);
        Assert.Equal("dinov2-vitl14", published.Name);
        Assert.Contains(": figures compare with FD-DINOv2 of dgm-eval and EDM2", FeatureSpaces.Remark(published), StringComparison.Ordinal);
        // images that it cannot see
        using var pixels = FeatureSpaces.Default([4, 28, 28]);
        Assert.Equal("pixels", pixels.Name);
    }

    [Fact]
    public void An_export_for_any_size_is_taken_as_well()
    {
        folder.File("models/dinov2-with-registers-small.onnx", TokensOfRed.Model("batch", "channels", "height", "width"));
        using var space = FeatureSpaces.Default([3, 5, 5]);
        Assert.Equal(("dinov2-small-cls", 224), (space.Name, space.Size));
    }

    [Fact]
    public void A_faulty_model_is_named_and_not_passed_over()
    {
        folder.File("models/dinov2-with-registers-small.onnx", [1, 2, 3]);
        Refusal.Of(() => FeatureSpaces.Default([3, 32, 32], "cifar10"), "dinov2-with-registers-small.onnx: file: found ");
    }

    [Fact]
    public void Figures_compare_with_published_ones_only_in_the_published_model_used_as_published()
    {
        var known = KnownExtractor.All.Single(known => known.Name == "inception-torchscript");
        string hash = known.Model.File.Sha256!, description = known.Description.InOneLine();
        Assert.Equal("the FID that StyleGAN and EDM give", FeatureSpaces.Comparable(new Told(known.Name, hash, description)));
        Assert.Null(FeatureSpaces.Comparable(new Told(known.Name, new string('0', 64), description)));
        Assert.Null(FeatureSpaces.Comparable(new Told(known.Name, hash, (known.Description with { Arguments = null }).InOneLine())));
        Assert.Null(FeatureSpaces.Comparable(new Told("mine", hash, description)));
    }

    private void Put(string model) => folder.File($"models/{model}", TokensOfRed.Model("n", 3, 224, 224));

    /// <summary>A space that only says what it is.</summary>
    private sealed record Told(string Name, string Fingerprint, string Description) : IFeatureSpace
    {
        public int Size => 1;

        public Tensor Extract(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
