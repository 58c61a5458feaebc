using System.Security.Cryptography;
using TorchSharp;
using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Onnx;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public sealed class OnnxFeaturesTests : IDisposable
{
    private const string Json =
        """
        { "output": "last_hidden_state", "take": "TAKE", "leading_tokens": 3, "input_size": 8,
          "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225] }
        """;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly TinyTransformer transformer = new();

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData("cls")]
    [InlineData("patch-mean")]
    [InlineData("flat")]
    public void A_transformer_gives_the_features_that_libtorch_computes_from_the_same_weights(string take)
    {
        byte[] model = transformer.ToOnnx("batch");
        using var space = OnnxFeatures.Load(Write(model, take));
        var images = ImageQuantization.Apply(Images(70));
        var features = space.Features(images);
        var tokens = transformer.Tokens(Normalised(images));
        var expected = take switch
        {
            "cls" => tokens.select(1, 0),
            "patch-mean" => tokens.narrow(1, TinyTransformer.Leading, 4).mean([1]),
            _ => tokens.flatten(1),
        };
        Assert.Equal(("tiny", Convert.ToHexStringLower(SHA256.HashData(model))), (space.Name, space.Fingerprint));
        Assert.Equal(expected.shape[1], space.Size);
        Assert.Equal(ScalarType.Float32, features.dtype);
        Assert.InRange((features.to(ScalarType.Float64) - expected).abs().max().item<double>(), 0, 1e-5);
        // taking another part is another space
        Assert.False(expected.allclose(expected.roll(1, 0), atol: 1e-2));
    }

    [Fact]
    public void A_model_exported_for_one_number_of_images_takes_any_number()
    {
        using var any = OnnxFeatures.Load(Write(transformer.ToOnnx("batch"), "cls"));
        using var fours = OnnxFeatures.Load(Write(transformer.ToOnnx(4), "cls", "fours"));
        foreach (int count in new[] { 1, 4, 11 })
        {
            var images = Images(count);
            Assert.True(any.Features(images).allclose(fours.Features(images), rtol: 0, atol: 1e-6));
        }
    }

    [Fact]
    public void Images_of_any_size_are_resized_and_grey_ones_repeated()
    {
        string json = Json.Replace("\"input_size\"", "\"resize\": \"bicubic\", \"input_size\"", StringComparison.Ordinal);
        using var space = OnnxFeatures.Load(Write(transformer.ToOnnx("batch"), "cls", json: json));
        Assert.Equal("bicubic, antialiased, to 8 x 8", space.Resize);
        var grey = ImageQuantization.Apply(Images(3, 1, 5, 11));
        var resized = nn.functional.interpolate(
            grey.expand(-1, 3, -1, -1), size: [8, 8], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true);
        var expected = transformer.Tokens(Normalised(resized)).select(1, 0);
        Assert.True(space.Features(grey).to(ScalarType.Float64).allclose(expected, rtol: 0, atol: 1e-5));
        var print = EvaluationFingerprint.OfSpace(space);
        Assert.Equal((space.Resize, space.Description), (print["resize"], print["description"]));
    }

    [Fact]
    public void Bytes_reach_a_model_that_asks_for_them()
    {
        byte[] model = new OnnxGraph()
            .ByteInput("bytes", "n", 3, "h", "w").Output("numbers", "n", "c", "h", "w")
            .Node("Cast", ["bytes"], "numbers", ("to", 1)).ToBytes();
        using var space = OnnxFeatures.Load(Write(model, "flat", json: """{ "range": "uint8", "input_size": 2 }"""));
        var images = Images(5, 3, 2, 2);
        Assert.Equal(12, space.Size);
        Assert.True(AnyTensor.Same(ImageQuantization.ToBytes(images).to(ScalarType.Float32).flatten(1), space.Features(images)));
    }

    [Fact]
    public void Progress_ends_at_one_and_a_stop_is_heeded_between_batches()
    {
        using var space = OnnxFeatures.Load(Write(transformer.ToOnnx("batch"), "cls"));
        var shares = new List<double>();
        space.Features(Images(70), new SynchronousProgress<double>(shares.Add), TestContext.Current.CancellationToken);
        Assert.Equal([32 / 70.0, 64 / 70.0, 1], shares);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => space.Features(Images(70), new SynchronousProgress<double>(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public void Weights_beside_the_model_belong_to_its_fingerprint()
    {
        string path = Write(transformer.ToOnnx("batch"), "cls");
        using var alone = OnnxFeatures.Load(path);
        folder.File("tiny.onnx.data", [1, 2, 3]);
        using var beside = OnnxFeatures.Load(path);
        Assert.NotEqual(alone.Fingerprint, beside.Fingerprint);
    }

    [Fact]
    public void A_model_that_does_not_fit_its_description_is_refused_in_one_line()
    {
        byte[] model = transformer.ToOnnx("batch");
        Faulty(model, "last_hidden_state", "tokens", "tiny.onnx: output: found 'tokens', expected one of last_hidden_state, pooler_output");
        Faulty(model, "\"output\": \"last_hidden_state\", ", "", "tiny.onnx: output: found none named, expected one of last_hidden_state, pooler");
        Faulty(
            model, "last_hidden_state", "pooler_output",
            "tiny.onnx: output 'pooler_output': found [1, 6] of N = 1, expected [N, tokens, features] for 'cls'");
        Faulty(model, "\"input_size\": 8", "\"input_size\": 16", "input 'pixel_values': found [-1, 3, 8, 8], expected [-1, 3, 16, 16], as its");
        Faulty(model, "\"mean\"", "\"range\": \"symmetric\", \"arguments\": [true], \"mean\"", "tiny.onnx: arguments: found switches");
        Faulty(
            model, Json, """{ "range": "uint8", "output": "pooler_output" }""", "tiny.onnx: input 'pixel_values': found float32, expected uint8, for the range 'uint8'");
        Faulty(
            model, "\"leading_tokens\": 3", "\"leading_tokens\": 7",
            "expected [N, tokens, features] with more than the 7 leading tokens", "patch-mean");
        Faulty(model[..^9], "", "", "tiny.onnx: file: found ");
        Faulty("no model"u8.ToArray(), "", "", "expected an ONNX model");
        byte[] two = new OnnxGraph()
            .Input("images", "n", 3, 8, 8).Input("mask", "n", 3, 8, 8).Output("sum", "n", 3, 8, 8).Node("Add", ["images", "mask"], "sum").ToBytes();
        Faulty(two, Json, "{}", "tiny.onnx: inputs: found images, mask, expected one, of images");
        byte[] integers = new OnnxGraph()
            .Input("images", "n", 3, 8, 8).IntegerOutput("whole", "n", 3, 8, 8).Node("Cast", ["images"], "whole", ("to", 7)).ToBytes();
        Faulty(integers, Json, """{ "input_size": 8 }""", "tiny.onnx: output 'whole': found elements of type int64, expected float32");

        void Faulty(byte[] bytes, string text, string other, string message, string take = "cls")
        {
            string json = text.Length == 0 ? Json : Json.Replace(text, other, StringComparison.Ordinal);
            Refusal.Of(() => OnnxFeatures.Load(Write(bytes, take, json: json)), message);
        }
    }

    [Fact]
    public void Images_that_the_model_cannot_see_are_refused_in_one_line()
    {
        using var space = OnnxFeatures.Load(Write(transformer.ToOnnx("batch"), "cls"));
        Refusal.Of(() => space.Features(Images(2, 3, 8, 9)), "tiny: images: found [2, 3, 8, 9], expected [N, 1 or 3, 8, 8], N at least 1");
        Refusal.Of(() => space.Features(Images(2, 2, 8, 8)), "found [2, 2, 8, 8]");
        Refusal.Of(() => space.Features(zeros(0, 3, 8, 8)), "found [0, 3, 8, 8]");
        Refusal.Of(() => space.Features(zeros(8, 8)), "found [8, 8]");
        var images = Images(40);
        images[37, 0, 0, 0] = float.NaN;
        Refusal.Of(() => space.Features(images), "tiny: image 37: found a value that is not finite");
    }

    private string Write(byte[] model, string take, string name = "tiny", string? json = null)
    {
        File.WriteAllText(folder.File(name + ".json"), (json ?? Json).Replace("TAKE", take, StringComparison.Ordinal));
        return folder.File(name + ".onnx", model);
    }

    private static Tensor Normalised(Tensor images)
    {
        double[] mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225];
        return ((images.to(ScalarType.Float64) + 1) / 2 - tensor(mean).view(1, 3, 1, 1)) / tensor(deviation).view(1, 3, 1, 1);
    }

    private static Tensor Images(long count, params long[] shape) =>
        RandomKey.From(22, "images").Normal(0, count, shape.Length == 0 ? [3, TinyTransformer.Side, TinyTransformer.Side] : shape) / 2;
}
