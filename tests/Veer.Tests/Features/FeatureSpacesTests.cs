using TorchSharp;
using Veer.Features;
using Veer.Onnx;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

[Collection("VEER_DATA")] // no two tests set the variable at a time
public sealed class FeatureSpacesTests : IDisposable
{
    private const string Variable = "VEER_DATA";

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable(Variable);

    public FeatureSpacesTests() => Environment.SetEnvironmentVariable(Variable, folder.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, before);
        folder.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Pixels_and_the_judge_of_a_data_set_are_there_by_name()
    {
        using var pixels = FeatureSpaces.Named("pixels", [3, 4, 5]);
        Assert.Equal(("pixels", 60), (pixels.Name, pixels.Size));
        using var judge = FeatureSpaces.Named("judge", [1, 28, 28], "mnist");
        Assert.Equal(("mnist-judge", ImageJudge.MnistFingerprint, "mnist"), (judge.Name, judge.Fingerprint, judge.For));
        Refusal.Of(() => FeatureSpaces.Named("judge", [3, 32, 32], "none"), "judge: data set: found 'none', expected one of ");
        Assert.Throws<ArgumentException>(() => FeatureSpaces.Named("pixels", [3, 4]));
    }

    [Fact]
    public void An_unknown_name_lists_what_there_is() =>
        Refusal.Of(
            () => FeatureSpaces.Named("dino", [3, 32, 32]),
            "feature space: name: found 'dino', expected one of pixels, judge, dinov2-small-cls, dinov2-small-patch-mean, dinov2-base-cls, "
            + "dinov2-base-patch-mean, dinov2-large-cls, dinov2-large-patch-mean, dinov2-vitl14, inception, inception-torchscript", ", or the path of a .onnx, .pt or .json file");

    [Fact]
    public void A_program_may_name_a_space_of_its_own_once()
    {
        var own = new NamedFeatureSpace("own-pixels", "pixels under a name of their own", asked => new PixelSpace(1, (int)asked.Shape[1], (int)asked.Shape[2]));
        FeatureSpaces.All.Add(own);
        using var space = FeatureSpaces.Named("own-pixels", [1, 4, 5]);
        Assert.Equal(20, space.Size);
        Assert.Throws<ArgumentException>(() => FeatureSpaces.All.Add(own));
    }

    [Fact]
    public void Every_name_is_in_the_docs_and_has_a_title()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "formats.md"));
        Assert.All(FeatureSpaces.All.Where(space => space.Name != "own-pixels"), space =>
        {
            Assert.NotEmpty(space.Title);
            // of several sizes only the small one is spelled out
            Assert.Contains($"`{space.Name.Replace("-base-", "-small-", StringComparison.Ordinal).Replace("-large-", "-small-", StringComparison.Ordinal)}`", page, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("dinov2-base-cls", "dinov2-with-registers-base.onnx", "facebook/dinov2-with-registers-base exported to ONNX at 224 x 224", true)]
    [InlineData("inception", "inception.onnx", "the FID Inception network of pytorch-fid", false)]
    [InlineData("inception-torchscript", "inception-2015-12-05.pt", "that StyleGAN and EDM use", true)]
    public void A_model_that_is_missing_is_named_with_where_to_put_it(string name, string file, string what, bool published)
    {
        Refusal.Of(
            () => FeatureSpaces.Named(name, [3, 32, 32]),
            $"feature space {name}: no {folder.File("models/" + file)} or {Path.Combine(".", "data", "models", file)}; put there ", what);
        var fault = Assert.Throws<InputException>(() => FeatureSpaces.Named(name, [3, 32, 32]));
        // only what can be fetched is said to be
        Assert.Equal(published ? name : null, fault.MissingExtractor);
        Assert.Equal(published, fault.Message.EndsWith(", or download it", StringComparison.Ordinal));
    }

    [Fact]
    public void Models_in_common_use_are_found_in_the_data_folder_and_used_as_they_were_trained()
    {
        Directory.CreateDirectory(folder.File("models"));
        folder.File("models/dinov2-with-registers-small.onnx", Tokens());
        using var first = FeatureSpaces.Named("dinov2-small-cls", [3, 5, 5]);
        using var mean = FeatureSpaces.Named("dinov2-small-patch-mean", [3, 5, 5]);
        Assert.Equal(("dinov2-small-cls", "dinov2-small-patch-mean"), (first.Name, mean.Name));
        Assert.Equal("bicubic, antialiased, to 224 x 224", first.Resize);
        Assert.Equal((224, 224), (first.Size, mean.Size));
        // of white images, the rows of the red channel are (1 - mean) / std each
        var white = ones(1, 3, 5, 5);
        Assert.True(first.Features(white).allclose(full([1, 224], (1 - 0.485f) / 0.229f), rtol: 1e-5));
        // the leading tokens, of which there are five, are left out: here the rows are brighter below the fifth
        var steps = cat([full([1, 3, 5, 224], -1f), ones(1, 3, 219, 224)], 2);
        Assert.True(mean.Features(steps).allclose(full([1, 224], (1 - 0.485f) / 0.229f), rtol: 1e-5));
    }

    [Fact]
    public void A_description_of_ones_own_takes_the_place_of_the_known_one()
    {
        Directory.CreateDirectory(folder.File("models"));
        folder.File("models/mine.onnx", Tokens());
        File.WriteAllText(
            folder.File("models/inception.json"),
            """{ "file": "mine.onnx", "input_size": 224, "resize": "bilinear", "output": "last_hidden_state" }""");
        using var own = FeatureSpaces.Named("inception", [1, 28, 28]);
        Assert.Equal(("inception", 224 * 224, "bilinear, antialiased, to 224 x 224"), (own.Name, own.Size, own.Resize));
        Assert.Contains("\"take\":\"flat\"", own.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_is_a_model_with_its_description()
    {
        File.WriteAllText(folder.File("a.json"), "{}");
        folder.File("a.pt", TorchScriptFile.Of("x: Tensor) -> Tensor:\n    return x"));
        using var script = FeatureSpaces.Named(folder.File("a.pt"), [3, 6, 6]);
        Assert.Equal("a", Assert.IsType<TorchScriptFeatures>(script).Name);
        File.WriteAllText(folder.File("b.json"), """{ "output": "last_hidden_state", "take": "cls", "input_size": 224 }""");
        folder.File("b.onnx", Tokens());
        using var onnx = FeatureSpaces.Named(folder.File("b.json"), [3, 224, 224]);
        Assert.Equal("b", Assert.IsType<OnnxFeatures>(onnx).Name);
        File.WriteAllText(folder.File("c.json"), """{ "file": "c.bin" }""");
        folder.File("c.bin", [1]);
        Refusal.Of(() => FeatureSpaces.Named(folder.File("c.json"), [3, 6, 6]), "c.bin: file: found the ending '.bin', expected .onnx or .pt");
    }

    private static byte[] Tokens() => TokensOfRed.Model("n", 3, 224, 224);
}
