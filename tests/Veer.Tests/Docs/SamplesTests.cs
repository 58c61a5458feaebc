using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Veer.ClosedForm;
using Veer.Formats;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Docs;

/// <summary>The programs of samples/ run, and their numbers are what theory or their data say.</summary>
public sealed class SamplesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_denoiser_trained_on_own_vectors_is_guided_to_its_class()
    {
        double[] found = Numbers(await Run("OwnVectors"));
        Assert.InRange(found[0], 99, 100);
        // guidance goes beyond the class's mean, as far as the closed form says
        using var scope = NewDisposeScope();
        using var exact = GaussianMixture.Isotropic(tensor(new[] { -1.0, -1, 1, 1 }).reshape(2, 2), tensor(new[] { 0.25, 0.25 }));
        var expected = new Ddim(50).Sample(new ClassifierFreeGuidance(new MixtureDenoiser(exact), 2), ones(500, ScalarType.Int64), seed: 7);
        Assert.Equal(expected.mean().item<float>(), found[1], 0.08);
    }

    [Fact]
    public async Task Own_arrays_are_repaired_in_memory_and_the_repair_is_saved()
    {
        double[] found = Numbers(await Run("RepairArrays"));
        Assert.InRange(found[0], 0.1, 0.3);
        Assert.InRange(found[1], 0, found[0] / 3);
        Assert.True(File.Exists(folder.File("repaired-arrays/model.safetensors")));
    }

    [Fact]
    public async Task Two_files_are_evaluated_beside_each_other()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, factor) in new[] { ("right", 1.0), ("wide", 2.0), ("real", 1.0) })
            Npz.Write(folder.File(name + ".npz"), new Dictionary<string, Tensor> { ["points"] = RandomKey.From(0, name).Normal(0, 200, [2]) * factor });
        string said = await Run("EvaluateSets", "right.npz", "wide.npz", "real.npz");
        Assert.Matches(@"(?m)^precision: .*: Worse$", said);
        Assert.Matches(@"(?m)^right.npz: not to be told from real points", said);
        Assert.Matches(@"(?m)^wide.npz: samples lie off the data", said);
    }

    [Fact]
    public async Task Two_folders_have_the_distance_of_their_means()
    {
        // grey levels: every pixel of the second set is 51 bytes brighter, 51 / 127.5 = 0.4 in each of 4 pixels
        foreach (var (name, brighter) in new[] { ("a", 0), ("b", 51) })
        {
            Directory.CreateDirectory(folder.File(name));
            for (int i = 0; i < 8; i++)
                File.WriteAllBytes(folder.File($"{name}/{i}.png"), PngFile.Of(2, 2, [.. Enumerable.Range(0, 4).Select(pixel => (byte)(20 + brighter + 16 * ((i >> pixel) & 1)))]));
        }
        double[] found = Numbers(await Run("FolderDistance", folder.File("a"), folder.File("b")));
        Assert.Equal(4 * 0.4 * 0.4, found[^1], 1e-5);
    }

    [Fact]
    public async Task An_own_denoiser_is_sampled_to_its_class()
    {
        double[] found = Numbers(await Run("OwnDenoiser"));
        Assert.InRange(found[0], -1.02, -0.98);
        Assert.InRange(found[1], 0.48, 0.52);
    }

    [Fact]
    public async Task An_own_guidance_pushes_beyond_the_mean_of_its_class() => Assert.InRange(Numbers(await Run("OwnGuidance"))[0], 1.1, 2);

    [Fact]
    public async Task Own_features_have_the_distance_of_their_means()
    {
        // 0.2 in each of three channels, but for clipping and chance
        Assert.InRange(Numbers(await Run("OwnFeatureSpace"))[0], 0.11, 0.13);
    }

    private static double[] Numbers(string line) =>
        [.. Regex.Matches(line, @"(?<![\w.])-?\d+(\.\d+)?(e-\d+)?").Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    private async Task<string> Run(string name, params string[] arguments)
    {
        // samples are built in the configuration of the tests
        string output = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Veer.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "samples", name, output, $"{name}.dll"), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (said, fault) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await fault);
        return await said;
    }
}
