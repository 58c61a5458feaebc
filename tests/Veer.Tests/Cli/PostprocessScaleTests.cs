using Veer.Formats;
using Veer.Studies.Runs;
using Veer.Tests.Formats;
using Veer.Tests.Studies;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

/// <summary><c>veer postprocess</c> of samples at several guidance scales.</summary>
public sealed class PostprocessScaleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PostprocessScaleTests() => GivenFiles.WriteVectors(folder, "real.npz", 1);

    public void Dispose() => folder.Dispose();

    /// <summary>No sample has a label: each is paired with a real point of any class, in balance within its scale, which apply is told.</summary>
    [Fact]
    public async Task Samples_of_several_scales_are_repaired_by_one_postprocessor_that_is_told_theirs()
    {
        foreach (var (name, key, offset) in (IEnumerable<(string, ulong, double)>)[("w1.npz", 4, 1), ("w3.npz", 5, -1)]) GivenFiles.WriteVectors(folder, name, key, offset, labelled: false);
        string[] sets = [.. GivenFiles.Vectors, "postprocessor.training.steps=300", "postprocessors.one-step.training.steps=300"];
        var fitted = await VeerProcess.Run(folder.Path,
            ["postprocess", "fit", "--generated", "1=w1.npz", "3=w3.npz", "--real", "real.npz", "--out", "repair", "--one-step", "--device", "cpu", .. sets.SelectMany(set => (string[])["--set", set])]);
        Assert.True(fitted.ExitCode == 0, fitted.Error);
        Assert.Contains("postprocessor.tell_scale: true: ", fitted.Output, StringComparison.Ordinal);
        Assert.Contains("pairing: balanced", fitted.Output, StringComparison.Ordinal);
        (await Apply()).RefusedLast("--scale: found nothing, expected the guidance scale of the samples: the model is told it, and was fitted at 1, 3");
        foreach (string scale in (string[])["1", "2", "9"])
        {
            var applied = await Apply("--scale", scale, "--strength", "1");
            Assert.True(applied.ExitCode == 0, applied.Error);
            Assert.Equal(scale == "9", applied.Error.Contains("--scale: 9 lies beyond those that the model was fitted at: it is told the nearest, 3", StringComparison.Ordinal));
            File.Move(folder.File("b.npz"), folder.File($"b{scale}.npz"));
        }
        using (NewDisposeScope())
            Npz.Write(folder.File("far.npz"), new Dictionary<string, Tensor> { ["points"] = Npz.Read(folder.File("w1.npz"))["points"] * 255 });
        var far = await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "repair", "--input", "far.npz", "--out", "far-repaired.npz", "--scale", "1", "--strength", "1", "--device", "cpu");
        Assert.Contains("far.npz: points: found ", far.Error, StringComparison.Ordinal);
        Assert.Contains("expected numbers like those that the model was fitted to, about ", far.Error, StringComparison.Ordinal);
        // down at scale 1, up at scale 3
        double Moved(string scale) => (Npz.Read(folder.File($"b{scale}.npz"))["points"] - Npz.Read(folder.File("w1.npz"))["points"]).mean().item<float>();
        Assert.InRange(Moved("1"), -3, -0.5);
        Assert.InRange(Moved("9"), 0.3, 3);
        Assert.InRange(Moved("2"), Moved("1"), Moved("9"));
    }

    [Theory]
    [InlineData(1.0, 0.25)]
    [InlineData(2.5, 0.75)]
    [InlineData(-9.0, 0.25)]
    [InlineData(null, null)]
    public void The_strength_is_that_of_the_nearest_scale(double? scale, double? strength)
    {
        using (NewDisposeScope())
        {
            using var model = Postprocessing.RandomPostprocessor.Of(Postprocessing.RandomPostprocessor.Mlp);
            model.Save(folder.File("model"));
        }
        Assert.Equal(strength, new FittedPostprocessor(folder.File("model"), [(1, 0.25), (3, 0.75)], null, 1, "two").StrengthAt(scale));
        Assert.Equal(0.5, new FittedPostprocessor(folder.File("model"), [(null, 0.5)], null, 1, "one").StrengthAt(scale));
    }

    private Task<VeerProcess.Outcome> Apply(params string[] more) =>
        VeerProcess.Run(folder.Path, ["postprocess", "apply", "--model", "repair", "--input", "w1.npz", "--out", "b.npz", "--device", "cpu", .. more]);
}
