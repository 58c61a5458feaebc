using System.Security.Cryptography;
using Veer.Data;
using Veer.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public sealed class TorchScriptFeaturesTests : FolderTests
{
    /// <summary>Of the shape of the Inception network of StyleGAN: bytes in, classes out unless features are asked for.</summary>
    private const string Forward =
        """
        img: Tensor, return_features: bool=False, use_fp16: bool=False) -> Tensor:
            x = torch.to(img, 6)
            y = torch.mean(x, [2, 3])
            if return_features:
              z = torch.mul(y, 2)
            else:
              z = torch.softmax(y, 1)
            return z
        """;

    [Fact]
    public void Bytes_and_switches_reach_the_forward_by_position()
    {
        byte[] model = TorchScriptFile.Of(Forward);
        using var space = TorchScriptFeatures.Load(Write(model, """{ "name": "means", "range": "uint8", "arguments": [true] }"""));
        string hash = Convert.ToHexStringLower(SHA256.HashData(model));
        Assert.Equal(("means", hash, 3, "none"), (space.Name, space.Fingerprint, space.Size, space.Resize));
        var images = Images(40);
        var expected = 2 * ImageQuantization.ToBytes(images).to(ScalarType.Float64).mean([2, 3]);
        Assert.True(space.Features(images).to(ScalarType.Float64).allclose(expected, rtol: 1e-6));
        using var classes = TorchScriptFeatures.Load(Write(model, """{ "range": "uint8" }"""));
        Assert.Equal("model", classes.Name);
        Assert.True(classes.Features(images).allclose((expected / 2).softmax(1).to(ScalarType.Float32), rtol: 1e-4));
    }

    [Theory]
    [InlineData("unit", 0.5, 0.5)]
    [InlineData("symmetric", 1, 0)]
    public void Numbers_reach_it_in_the_range_it_asks_for(string range, double factor, double shift)
    {
        using var space = TorchScriptFeatures.Load(Write(
            TorchScriptFile.Of("x: Tensor) -> Tensor:\n    return x"), $$"""{ "range": "{{range}}", "resize": "bilinear", "input_size": 4 }"""));
        var images = ImageQuantization.Apply(Images(3));
        var resized = nn.functional.interpolate(images, size: [4, 4], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
        Assert.Equal(48, space.Size);
        Assert.True(space.Features(images).allclose((resized * factor + shift).flatten(1), rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void What_is_no_such_model_is_refused_in_one_line()
    {
        byte[] model = TorchScriptFile.Of(Forward);
        Refusal.Of(() => TorchScriptFeatures.Load(folder.File("none.pt")), "none.json: file: found no such file, expected an extractor's");
        Refusal.Of(
            () => TorchScriptFeatures.Load(Write("no model"u8.ToArray(), "{}")),
            "model.pt: file: found PytorchStreamReader failed reading zip archive: not a ZIP archive, expected a TorchScript model");
        Refusal.Of(() => TorchScriptFeatures.Load(Write(model[..^30], "{}")), "model.pt: file: found PytorchStreamReader failed");
        Refusal.Of(() => TorchScriptFeatures.Load(Write(model, """{ "output": "features" }""")), "model.pt: output: found 'features'");
        Refusal.Of(
            () => TorchScriptFeatures.Load(Write(model, """{ "arguments": [true, true, true] }""")),
            "model.pt: forward: found Expected at most 4 argument(s) for operator 'forward'", "expected one that takes [1, 3, 64, 64] float32");
        Refusal.Of(
            () => TorchScriptFeatures.Load(Write(TorchScriptFile.Of("x: Tensor) -> Tensor:\n    return torch.matmul(x, torch.flatten(x))"), "{}")),
            "model.pt: forward: found RuntimeError: size mismatch");
        Refusal.Of(
            () => TorchScriptFeatures.Load(Write(model, """{ "take": "cls" }""")),
            "model.pt: output: found [1, 3] of N = 1, expected [N, tokens");
        Refusal.Of(
            () => TorchScriptFeatures.Load(Write(TorchScriptFile.Of("x: Tensor) -> List[Tensor]:\n    return [x, x]"), "{}")),
            "model.pt: forward: found a result that is no tensor, expected one tensor");
    }

    private string Write(byte[] model, string json)
    {
        File.WriteAllText(folder.File("model.json"), json);
        return folder.File("model.pt", model);
    }

    private static Tensor Images(long count) => RandomKey.From(24, "images").Normal(0, count, [3, 6, 7]) / 2;
}
