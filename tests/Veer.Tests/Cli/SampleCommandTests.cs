using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Models;
using Veer.Networks;
using Veer.Sampling;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

/// <summary><c>veer sample</c>, started as users do.</summary>
public sealed class SampleCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Samples_of_vectors_are_those_of_the_library()
    {
        Save(new() { Kind = "denoiser", Classes = 2, LabelDropout = 0.1, Timesteps = 50, Network = new ResidualMlpOptions { Dimensions = 3, Labels = 3, Width = 8, Layers = 1 } });
        var done = await VeerProcess.Run(
            folder.Path, "sample", "--model", "model", "--guidance", "classifier-free", "--scale", "3", "--steps", "5", "--count", "7", "--labels", "1,0",
            "--seed", "4", "--device", "cpu", "--out", "out/samples.npz");
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal("out/samples.npz", done.Output.Trim());
        var drawn = Npz.Read(folder.File("out/samples.npz"));
        Assert.Equal([1L, 0, 1, 0, 1, 0, 1], drawn["labels"].data<long>().ToArray());
        var expected = new Ddim(NoiseSchedule.Linear(50), 5).Sample(
            new ClassifierFreeGuidance(Model.Load(folder.File("model")), 3), drawn["labels"], seed: 4, cancellation: TestContext.Current.CancellationToken);
        Assert.True(expected.allclose(drawn["points"], 1e-5, 1e-6));
    }

    [Fact]
    public async Task Images_become_a_batch_that_other_programs_read()
    {
        Save(new()
        {
            Kind = "denoiser",
            Classes = 2,
            Timesteps = 50,
            Shape = [1, 8, 8],
            Network = new AdmUNetOptions { ImageChannels = 1, Labels = 3, Channels = 32, ResidualBlocks = 1, ChannelMultipliers = [1] },
        });
        var done = await VeerProcess.Run(
            folder.Path, "sample", "--model", "model", "--guidance", "none", "--sampler", "ddpm", "--steps", "2", "--count", "3",
            "--precision", "bf16", "--out", "s.npz");
        Assert.True(done.ExitCode == 0, done.Error);
        var batch = Npz.Read(folder.File("s.npz"));
        Assert.Equal((ScalarType.Byte, "3 8 8 1"), (batch["arr_0"].dtype, string.Join(' ', batch["arr_0"].shape)));
        Assert.Equal([0L, 1, 0], batch["arr_1"].data<long>().ToArray());
    }

    [Theory]
    [InlineData("--count: found '0', expected a whole number from 1 to 10000000", "--count", "0")]
    [InlineData("--steps: found 51, expected 1 to 50", "--count", "1", "--steps", "51")]
    [InlineData("--precision: found bf16, expected fp32 or auto: dopri5 looks at errors", "--count", "1", "--sampler", "dopri5", "--precision", "bf16")]
    [InlineData("--labels: found '2', expected 0 to 1", "--count", "1", "--labels", "0,2")]
    [InlineData("--guide: found nothing, expected the folder of a classifier", "--count", "1", "--guidance", "classifier")]
    [InlineData("--scale: found 3, expected nothing: with --guidance none there is none", "--count", "1", "--guidance", "none", "--scale", "3")]
    [InlineData("--guide: found nowhere, expected nothing: classifier-free asks for no second model", "--count", "1", "--guide", "nowhere")]
    [InlineData("--guide: found 'model', the model itself, expected the folder of the weaker model", "--count", "1", "--guidance", "autoguidance", "--guide", "model")]
    [InlineData("--data: found nowhere, expected nothing: rescaled is fitted to none", "--count", "1", "--guidance", "rescaled", "--data", "nowhere")]
    [InlineData("--option: found rescale, expected nothing: classifier-free has no options", "--count", "1", "--option", "rescale=1")]
    [InlineData("--option rescale: found 2, expected 0 to 1", "--count", "1", "--guidance", "rescaled", "--option", "rescale=2")]
    [InlineData("label dropout", "--count", "1", "--guidance", "classifier-free", "--scale", "2")]
    public async Task What_cannot_be_drawn_is_refused_and_nothing_is_written(string named, params string[] arguments)
    {
        Save(new() { Kind = "denoiser", Classes = 2, Timesteps = 50, Network = new ResidualMlpOptions { Dimensions = 3, Labels = 3, Width = 8, Layers = 1 } });
        var refused = await VeerProcess.Run(folder.Path, ["sample", "--model", "model", "--out", "s.npz", .. arguments]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(named, Assert.Single(refused.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("s.npz")));
    }

    [Fact]
    public async Task Without_guidance_a_model_that_knows_no_labels_draws_samples_of_no_class()
    {
        Save(new() { Kind = "denoiser", Classes = 2, LabelDropout = 1, Timesteps = 50, Network = new ResidualMlpOptions { Dimensions = 3, Labels = 3, Width = 8, Layers = 1 } });
        string[] command = ["sample", "--model", "model", "--steps", "5", "--count", "4", "--out", "s.npz"];
        var done = await VeerProcess.Run(folder.Path, [.. command, "--guidance", "none"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(["points"], Npz.Read(folder.File("s.npz")).Keys);
        foreach (var (more, said) in ((string[], string)[])[
            ([], "--guidance: found classifier-free, expected none or classifier: the model was trained without labels"),
            (["--guidance", "none", "--labels", "1"], "--labels: found 1, expected nothing")])
        {
            var refused = await VeerProcess.Run(folder.Path, [.. command, .. more]);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        }
    }

    private void Save(ModelConfig config)
    {
        using var network = ModelFolder.Create(config, new RandomKey(1));
        ModelFolder.Save(folder.File("model"), network, config);
    }
}
