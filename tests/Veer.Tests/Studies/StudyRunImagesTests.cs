using System.Text.Json;
using Veer.Formats;
using Veer.Studies.Pipeline;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>A study of images, from end to end, on a handful of made-up digits and the smallest UNet.</summary>
public sealed class StudyRunImagesTests : IDisposable
{
    private const string Images = """
        title: A tiny study of images
        data: { kind: images, set: mnist, folder: digits }
        denoiser:
          schedule: cosine
          timesteps: 5
          unet: { channels: 32, residual_blocks: 1, channel_multipliers: [1, 1, 1] }
          training: { steps: 2, batch_size: 4, gradient_limit: 1 }
        sampling: { sampler: ddim, steps: 2, training_samples: 20, test_samples: 20, validation_samples: 10, trajectories: 3 }
        applications:
          whole: { solver: euler, steps: 1 }
          chosen: { solver: euler, steps: 1, strengths: [0, 1] }

        """;

    private const int Side = 28, Train = 60, Test = 40, Classes = 10;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Both_guidances_run_and_leave_what_the_report_shows()
    {
        var rows = Execute(Images + """
            denoisers:
              base:
              unconditional: { label_dropout: 1 }
              flow: { family: flow, horizontal_flips: true }
              edm: { family: edm, unet: null, song: { channels: 16, channel_multipliers: [1, 1, 1], residual_blocks: 1, attention_resolutions: [] }, augmentation: {} }
            classifier: { schedule: cosine, timesteps: 5, network: linear, training: { steps: 2, batch_size: 4 } }
            classifiers:
              linear: {}
            guidances:
              classifier-free: { scales: [2] }
              flow: { denoiser: flow, scales: [2], sampler: dopri5 }
              edm: { denoiser: edm, scales: [2], sampler: heun }
              classifier-linear: { kind: classifier, denoiser: unconditional, classifier: linear, scales: [2] }
            postprocessor:
              neighbors: 2
              pairing: nearest
              unet: { channels: 32, residual_blocks: 1, channel_multipliers: [1, 1, 1] }
              training: { steps: 2, batch_size: 4 }
            postprocessors:
              individual: { train: each }
              in-features: { space: judge, guidances: [flow] }
            """);
        foreach (string guidance in (string[])["classifier-free", "classifier-linear", "flow", "edm"])
        {
            foreach (string stage in (string[])["before", "individual"])
            {
                foreach (string metric in (string[])["frechet", "kernel", "precision", "recall", "label-agreement", "nn-distance", "seconds"])
                    Assert.Contains($"{guidance} 2 all {stage} {metric}", rows);
                Assert.Contains($"{guidance} 2 7 {stage} label-agreement", rows);
            }
            var batch = Npz.Read(folder.File($"run/generated/{guidance}-w2/test.npz"));
            Assert.Equal((ScalarType.Byte, 20), (batch["arr_0"].dtype, (int)batch["arr_1"].shape[0]));
            Assert.Equal([20, Side, Side, 1], batch["arr_0"].shape);
            var stages = Npz.Read(folder.File($"run/samples/{guidance}-w2.npz"));
            Assert.Equal([20, Side, Side, 1], stages["individual"].shape);
            Assert.True(stages["before"].eq(batch["arr_0"]).all().item<bool>());
            // to one of the two strengths: what was made and measured for another application serves again
            Assert.True(AnyTensor.Same(stages["before"], stages["individual@chosen"]) || AnyTensor.Same(stages["individual"], stages["individual@chosen"]));
            var judged = Npz.Read(folder.File($"run/judged/{guidance}-w2.npz"));
            Assert.Equal(
                ["before", "before.distance", "before.nearest", "individual", "individual.distance", "individual.nearest"],
                judged.Keys.Where(name => !name.StartsWith("in-features", StringComparison.Ordinal) && !name.Contains('@')).Order(StringComparer.Ordinal));
            Assert.Contains($"{guidance} 2 all individual@chosen strength", rows);
            Assert.Equal(10, Npz.Read(folder.File($"run/validation/{guidance}-w2/samples.npz"))["arr_1"].shape[0]);
            // the nearest real image is one of the class that was asked for
            Assert.True(judged["individual.nearest"].remainder(Classes).eq(batch["arr_1"]).all().item<bool>());
        }
        Assert.Contains("flow 2 all in-features frechet", rows);
        Assert.Contains("none 0 all real frechet", rows);
        Assert.Contains("mnist-judge", File.ReadAllText(folder.File("run/report.html")), StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(folder.File("run/models/base")), file => Path.GetFileName(file).StartsWith("events.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_judge_is_trained_and_tested()
    {
        string[] rows = Execute("""
            title: A judge
            data: { kind: images, set: mnist, folder: digits }
            denoisers: {}
            guidances: {}
            postprocessors: {}
            judge: { training: { steps: 2, batch_size: 8 } }
            """);
        Assert.Contains("none 0 all judge label-agreement", rows);
        Assert.True(File.Exists(folder.File("run/models/judge/judge.safetensors")));
    }

    [Theory]
    [InlineData("data: { kind: images }", "data.train: found no such key, expected a path to images, or data.set")]
    [InlineData("data: { kind: images, set: mnist, train: x.npz }", "data.set: found 'mnist' beside 'x.npz'")]
    [InlineData("data: { kind: images, train: small.npz, held_out: large.npz }", "large.npz: images: found 1 x 6 x 6, expected 1 x 4 x 4, as in ")]
    [InlineData("data: { kind: images, train: small.npz, held_out: small.npz }\njudge: {}", "-judge: classes: found 4, expected 10")]
    public void Images_that_cannot_be_used_are_refused_before_anything_is_made(string data, string message)
    {
        foreach (var (name, side) in new[] { ("small", 4), ("large", 6) })
        {
            Npz.Write(folder.File($"{name}.npz"), new Dictionary<string, Tensor>
            {
                ["arr_0"] = zeros(4, side, side, 1).to(ScalarType.Byte),
                ["arr_1"] = arange(4, ScalarType.Int64),
            });
        }
        string text = "title: x\n" + data + "\ndenoiser: { unet: {} }\npostprocessors: {}\n";
        Refusal.Of(() => new StudyRun(StudyText.Resolve(folder, text), new(folder.File("run"), 0, CPU), new Recorded()).Execute(default), message);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    private string[] Execute(string text)
    {
        Draw("train", Train);
        Draw("t10k", Test);
        text = text.Replace("folder: digits", $"folder: {folder.File("digits")}", StringComparison.Ordinal);
        var run = new RunOptions(folder.File("run"), 0, CPU);
        new StudyRun(StudyText.Resolve(folder, text), run, new Recorded()).Execute(TestContext.Current.CancellationToken);
        using var results = JsonDocument.Parse(File.ReadAllText(folder.File("run/results.json")));
        Assert.Equal("mnist-judge", results.RootElement.GetProperty("fingerprint").GetProperty("features").GetString());
        return [.. results.RootElement.GetProperty("rows").EnumerateArray().Select(row =>
            $"{row.GetProperty("guidance").GetString()} {row.GetProperty("scale")} {row.GetProperty("class").GetString()} "
            + $"{row.GetProperty("stage").GetString()} {row.GetProperty("metric").GetString()}")];
    }

    /// <summary>Images of a bar whose place tells the class, classes in turn.</summary>
    private void Draw(string part, int count)
    {
        Directory.CreateDirectory(folder.File("digits"));
        var pixels = new byte[count * Side * Side];
        for (int i = 0; i < count; i++)
            for (int row = 4; row < 24; row++)
                pixels[((i * Side) + row) * Side + 3 + 2 * (i % Classes)] = (byte)(255 - i);
        File.WriteAllBytes(folder.File($"digits/{part}-images-idx3-ubyte"), IdxFile.Images(pixels, count));
        File.WriteAllBytes(folder.File($"digits/{part}-labels-idx1-ubyte"), IdxFile.Labels([.. Enumerable.Range(0, count).Select(i => (byte)(i % Classes))]));
    }
}
