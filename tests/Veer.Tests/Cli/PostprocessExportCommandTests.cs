using Veer.Models;
using Veer.Tests.Formats;
using Veer.Tests.Postprocessing;
using Xunit;

namespace Veer.Tests.Cli;

/// <summary><c>veer postprocess export</c>, started as users do.</summary>
public sealed class PostprocessExportCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_written_and_its_difference_told()
    {
        Save("postprocessor");
        var done = await Run("--out", "out/repair.onnx", "--strength", "0.5", "--solver", "heun", "--steps", "3");
        Assert.True(done.ExitCode == 0, done.Error);
        string[] lines = done.Output.TrimEnd().Split('\n');
        Assert.Equal("out/repair.onnx", lines[0]);
        Assert.Matches(@"^ONNX Runtime's answer differs from Veer's own by at most [\d.e-]+ \([\d.e-]+ of the largest number\)$", lines[1]);
        Assert.Equal(["out", "model"], new DirectoryInfo(folder.Path).GetDirectories().Select(one => one.Name).OrderDescending());
        Assert.True(File.Exists(folder.File("out/repair.onnx")));
    }

    [Theory]
    [InlineData("--out: found a.npz, expected a name that ends in .onnx", "--out", "a.npz")]
    [InlineData("--strength: found 0.5, expected nothing: with --velocity no steps are written", "--out", "a.onnx", "--velocity", "--strength", "0.5")]
    [InlineData("--strength: found '1.5', expected a number from 0 to 1", "--out", "a.onnx", "--strength", "1.5")]
    [InlineData("dopri5", "--out", "a.onnx", "--solver", "dopri5")]
    public async Task What_cannot_be_written_is_refused(string named, params string[] arguments)
    {
        Save("postprocessor");
        (await Run(arguments)).RefusedWith(named);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_model_of_another_kind_is_refused()
    {
        Save("denoiser");
        (await Run("--out", "a.onnx")).RefusedWith("kind: found 'denoiser', expected 'postprocessor'");
    }

    private Task<VeerProcess.Outcome> Run(params string[] arguments) => VeerProcess.Run(folder.Path, ["postprocess", "export", "--model", "model", .. arguments]);

    private void Save(string kind)
    {
        var config = new ModelConfig { Kind = kind, Classes = 3, Shape = [3], Network = RandomPostprocessor.Mlp };
        using var network = ModelFolder.Create(config, new RandomKey(1));
        ModelFolder.Save(folder.File("model"), network, config);
    }
}
