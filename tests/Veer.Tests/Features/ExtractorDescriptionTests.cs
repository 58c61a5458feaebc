using Veer.Features;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Features;

public sealed class ExtractorDescriptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_key_is_read()
    {
        var description = Read(
            """
            { "name": "n", "file": "f.onnx", "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "output": "o",
              "take": "patch-mean", "leading_tokens": 5, "channels": 1, "input_size": 224, "resize": "bilinear", "range": "symmetric",
              "mean": [0.5], "std": [2], "arguments": [true, false] }
            """);
        Assert.Equal(("n", "f.onnx", new string('0', 64), "o"), (description.Name, description.File, description.Sha256, description.Output));
        Assert.Equal(("patch-mean", 5, 1, 224), (description.Take, description.LeadingTokens, description.Channels, description.InputSize));
        Assert.Equal(("bilinear", "symmetric"), (description.Resize, description.Range));
        Assert.Equal([0.5], description.Mean!);
        Assert.Equal([2.0], description.Std!);
        Assert.Equal([true, false], description.Arguments!);
    }

    [Theory]
    [InlineData("""{ "take": "mean" }""", "take: found 'mean', expected one of cls, patch-mean, flat")]
    [InlineData("""{ "resize": "nearest" }""", "resize: found 'nearest', expected one of bicubic, bilinear, none")]
    [InlineData("""{ "resize": "bicubic" }""", "input_size: found nothing, expected the size to resize to")]
    [InlineData("""{ "range": "0-1" }""", "range: found '0-1', expected one of unit, symmetric, uint8")]
    [InlineData("""{ "channels": 4 }""", "channels: found 4, expected 1 or 3")]
    [InlineData("""{ "leading_tokens": -1 }""", "leading_tokens: found -1, expected at least 0")]
    [InlineData("""{ "input_size": 0 }""", "input_size: found 0, expected 1 to 16384 pixels")]
    [InlineData("""{ "mean": [0.5] }""", "mean: found [0.5], expected 3 finite numbers")]
    [InlineData("""{ "std": [1, 0, 1] }""", "std: found [1, 0, 1], expected 3 numbers above 0")]
    [InlineData("""{ "range": "uint8", "mean": [1, 1, 1] }""", "mean: found numbers, expected nothing: bytes are not normalised")]
    [InlineData("""{ "sha256": "12" }""", "sha256: found '12', expected 64 hexadecimal digits")]
    [InlineData("""{ "resise": "none" }""", "$.resise: found The JSON property 'resise' could not be mapped")]
    [InlineData("""{ "input_size": "large" }""", "$.input_size: found ")]
    [InlineData("null", "document: found null, expected an extractor's description")]
    [InlineData("{", "expected an extractor's description")]
    public void What_is_not_allowed_is_refused_in_one_line(string json, string message) =>
        Refusal.Of(() => Read(json), "extractor.json: ", message);

    [Fact]
    public void What_features_depend_on_does_not_name_the_file()
    {
        var description = new ExtractorDescription { Take = "cls", InputSize = 8 };
        string line = description.InOneLine();
        Assert.DoesNotContain('\n', line);
        Assert.Equal(line, (description with { Name = "other", File = "other.onnx", Sha256 = "x" }).InOneLine());
        Assert.NotEqual(line, (description with { Take = "flat" }).InOneLine());
        Assert.NotEqual(line, (description with { InputSize = 9 }).InOneLine());
    }

    [Fact]
    public void A_model_is_found_by_its_own_name_by_its_descriptions_and_by_the_file_that_one_names()
    {
        folder.File("a.onnx", [1]);
        File.WriteAllText(folder.File("a.json"), """{ "take": "cls" }""");
        File.WriteAllText(folder.File("b.json"), """{ "file": "a.onnx" }""");
        Assert.Equal((folder.File("a.onnx"), "a", "cls"), Opened("a.onnx"));
        Assert.Equal((folder.File("a.onnx"), "a", "cls"), Opened("a.json"));
        Assert.Equal((folder.File("a.onnx"), "b", "flat"), Opened("b.json"));
        File.WriteAllText(folder.File("c.json"), "{}");
        Refusal.Of(() => Opened("c.json"), "c.json: file: found nothing, and no ", "c.onnx or ", "c.pt, expected the model's file");
        File.WriteAllText(folder.File("c.json"), """{ "file": "d.onnx" }""");
        Refusal.Of(() => Opened("c.json"), "d.onnx: file: found no such file, expected an extractor's model");

        (string, string, string) Opened(string name)
        {
            var file = ModelFile.Open(folder.File(name));
            return (file.Path, file.Name, file.Description.Take);
        }
    }

    [Fact]
    public void A_model_with_another_hash_than_its_description_says_is_refused()
    {
        const string hash = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"; // of the byte 1
        File.WriteAllText(folder.File("a.json"), $$"""{ "sha256": "{{hash.ToUpperInvariant()}}" }""");
        Assert.Equal(hash, ModelFile.Open(folder.File("a.onnx", [1])).Fingerprint);
        Refusal.Of(
            () => ModelFile.Open(folder.File("a.onnx", [2])),
            "a.onnx: SHA-256: found dbc1", $"expected {hash.ToUpperInvariant()}, as ", "a.json says");
    }

    private ExtractorDescription Read(string json)
    {
        File.WriteAllText(folder.File("extractor.json"), json);
        return ExtractorDescription.Read(folder.File("extractor.json"));
    }
}
