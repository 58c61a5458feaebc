using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Veer.Cli;
using Veer.Features;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Cli;

[Collection(nameof(StandardStreams))]
public sealed class FeaturesCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_list_says_what_is_there_and_is_the_same_each_time()
    {
        Directory.CreateDirectory(folder.File("data/models"));
        folder.File("data/models/inception-2015-12-05.pt", [1]);
        var first = await VeerProcess.Run(folder.Path, "features", "--json");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(first, await VeerProcess.Run(folder.Path, "features", "--json"));
        using var json = JsonDocument.Parse(first.Output);
        var spaces = json.RootElement.GetProperty("spaces").EnumerateArray().ToDictionary(space => space.GetProperty("name").GetString()!);
        Assert.Equal(["pixels", "judge", .. KnownExtractor.All.Select(known => known.Name)], spaces.Keys);
        var inception = spaces["inception-torchscript"];
        Assert.Equal(Path.Combine(".", "data", "models", "inception-2015-12-05.pt"), inception.GetProperty("found").GetString());
        Assert.Equal((2048, 96), (inception.GetProperty("features").GetInt32(), inception.GetProperty("megabytes").GetInt64()));
        Assert.Equal(JsonValueKind.Null, spaces["dinov2-small-cls"].GetProperty("found").ValueKind);
        Assert.Equal(JsonValueKind.Null, spaces["pixels"].GetProperty("file").ValueKind);
        Assert.Equal(JsonValueKind.Null, spaces["inception"].GetProperty("published").ValueKind);
    }

    [Fact]
    public async Task The_table_names_every_space_and_where_models_are_looked_for()
    {
        var outcome = await VeerProcess.Run(folder.Path, "features");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.All(KnownExtractor.All, known => Assert.Contains(known.Name, outcome.Output, StringComparison.Ordinal));
        Assert.Contains($"models are looked for in {string.Join(", then ", ExtractorModel.Places)}; 'veer features fetch NAME' brings one", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_tells_an_unknown_hash_and_takes_it_when_it_is_told()
    {
        using var server = new LocalServer();
        byte[] content = [1, 2, 3];
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        server.Files["/models/dinov2-vitl14.onnx"] = content;
        var asked = await VeerProcess.Run(folder.Path, "features", "fetch", "dinov2-vitl14", "--mirror", server.Url);
        asked.RefusedWith($"/models/dinov2-vitl14.onnx: SHA-256: found {hash}, expected the one that you tell (sha256)");
        Assert.False(File.Exists(folder.File("data/models/dinov2-vitl14.onnx")));
        var told = await VeerProcess.Run(folder.Path, "features", "fetch", "dinov2-vitl14", "--mirror", server.Url, "--sha256", hash, "--out", "mine");
        Assert.Equal((0, Path.Combine("mine", "dinov2-vitl14.onnx") + "\n", ""), (told.ExitCode, told.Output, told.Error));
        Assert.Equal(content, await File.ReadAllBytesAsync(folder.File("mine/dinov2-vitl14.onnx"), TestContext.Current.CancellationToken));
        server.Files["/models/dinov2-with-registers-small.onnx"] = content;
        (await VeerProcess.Run(folder.Path, "features", "fetch", "dinov2-small-cls", "--mirror", server.Url)).RefusedWith("SHA-256: found ", "expected 815e440d", "nothing was kept");
    }

    [Fact]
    public async Task A_command_that_lacks_a_model_says_how_it_is_fetched()
    {
        Assert.SkipWhen(ExtractorModel.Places.Any(Directory.Exists), "there are models here");
        var lacking = new Command("veer");
        lacking.SetAction(_ => FeatureSpaces.Named("dinov2-small-cls", [3, 32, 32]).Dispose());
        var error = Console.Error;
        using var lines = new StringWriter { NewLine = "\n" };
        try
        {
            Console.SetError(lines);
            Assert.Equal(CommandRunner.BadInput, await CommandRunner.Run(lacking, []));
        }
        finally
        {
            Console.SetError(error);
        }
        Assert.EndsWith(", or download it: veer features fetch dinov2-small-cls\n", lines.ToString(), StringComparison.Ordinal);
    }
}
