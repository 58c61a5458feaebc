using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Networks;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>What settings and data decide is told before anything is made, in a line that names the file or key.</summary>
public sealed class StudyGateTests : IDisposable
{
    private const string Rest = "\ndenoiser: { unet: {} }\npostprocessors: {}\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cat", null, "held: classes: found no class 'cat', expected those of ")]
    [InlineData("cat", "cow", "held: classes: found no class 'cat', expected those of ")]
    [InlineData(null, "cow", "held: classes: found the class 'cow', expected those of ")]
    public void A_class_folder_that_only_one_set_has_is_named(string? gone, string? added, string message)
    {
        SampleImages.Folder(folder.File("train"));
        SampleImages.Folder(folder.File("held"));
        if (added is not null) Copy(folder.File("held/ant"), folder.File($"held/{added}"));
        if (gone is not null) Directory.Delete(folder.File($"held/{gone}"), recursive: true);
        Refused("data: { kind: images, train: train, held_out: held }" + Rest, message);
    }

    [Theory]
    [InlineData("train", "flat", "flat: labels: found no labels, expected labels, as in ")]
    [InlineData("flat", "train", "train: labels: found labels, expected no labels, as in ")]
    public void Labels_on_one_side_only_are_refused(string train, string heldOut, string message)
    {
        SampleImages.Folder(folder.File("train"));
        Copy(folder.File("train/ant"), folder.File("flat"));
        Refused($"data: {{ kind: images, train: {train}, held_out: {heldOut} }}" + Rest, message);
    }

    [Fact]
    public void Blocks_that_are_told_neither_time_nor_class_are_named()
    {
        AdmSize narrow = new() { Channels = 32, ChannelMultipliers = [1, 2] };
        Assert.True(narrow.HasUntoldBlocks);
        Assert.False((narrow with { ScaleShiftNorm = true }).HasUntoldBlocks);
        Assert.False(new AdmSize().HasUntoldBlocks);
        var study = StudyFile.Resolve("cifar10-flow", "quick", ["denoiser.unet.scale_shift_norm=false", "postprocessor.unet.scale_shift_norm=false"]);
        var points = new LabeledData(zeros(2, 3, 32, 32), zeros(2, ScalarType.Int64), 1);
        var lines = StudyGate.Doubts(study, new(points, points with { Points = points.Points + 1 }, points)).ToList();
        Assert.Contains(lines, line => line.StartsWith("denoisers.base.unet: blocks of 32 channels are told neither time nor class", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("postprocessors.balanced.unet: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_class_without_images_is_named_with_its_file()
    {
        // labels that begin at 1, as those of EMNIST's letters do
        foreach (string name in (string[])["train", "held"])
        {
            Npz.Write(folder.File($"{name}.npz"), new Dictionary<string, Tensor>
            {
                ["arr_0"] = zeros(6, 8, 8, 1).to(ScalarType.Byte),
                ["arr_1"] = arange(6, ScalarType.Int64).remainder(2) + 1,
            });
        }
        Refused("data: { kind: images, train: train.npz, held_out: held.npz }" + Rest, "train.npz: labels: found no point of class 0, expected points of classes 0 to 2");
    }

    [Theory]
    [InlineData("sampling: { test_samples: 3 }", "study.yaml: sampling.test_samples: found 3 images, expected at least 4: precision needs as many")]
    [InlineData("classifiers: { c: { network: mlp } }", "classifiers.c.network: found 'mlp' for points [3, 32, 32], expected 'linear'")]
    [InlineData("guidance: { denoiser: exact, scales: [1] }", "guidances.classifier-free.denoiser: found 'exact', expected a trained model")]
    [InlineData("denoisers: { edm: { family: edm, unet: {} } }\nguidance: { denoiser: edm, scales: [1] }", "denoisers.edm.song: found nothing, expected the size of its UNet")]
    [InlineData("denoisers: { d: { unet: { patch_size: 3 } } }\nguidance: { denoiser: d, scales: [1] }", "denoisers.d.unet.patch_size: found points [3, 32, 32], expected a height and a width that 6 divides, patches of 3 x 3")]
    [InlineData("classifiers: { c: { network: encoder, encoder: { channel_multipliers: [1, 1, 1, 1, 1, 1, 1] } } }", "classifiers.c.encoder.channel_multipliers: found points [3, 32, 32], expected a height and a width that 64 divides")]
    [InlineData("evaluation: { metrics: [frechet, log-density] }", "evaluation.metrics: found 'log-density', expected one that these data allow: nn-distance, ")]
    [InlineData("evaluation: { features: nowhere.onnx }", "nowhere.json: file: found no such file")]
    public void What_a_late_stage_needs_of_images_is_looked_at_first(string settings, string message)
    {
        SampleImages.Folder(folder.File("train"));
        Refused("data: { kind: images, train: train, held_out: train }\npostprocessors: {}\n" + (settings.StartsWith("denoisers", StringComparison.Ordinal) ? "" : "denoiser: { unet: {} }\n") + settings + "\n", message);
    }

    [Theory]
    [InlineData("postprocessor: { pairing: nearest, neighbors: 51 }", "postprocessors.individual.neighbors: found 51, expected at most 50: class 0 of ")]
    [InlineData("postprocessor: { pairing: balanced, nearest_share: 0.5, neighbors: 51 }", "neighbors: found 51, expected at most 50")]
    [InlineData("postprocessor: { pairing: nearest, neighbors: 8, real_per_class: 7 }", "neighbors: found 8, expected at most 7")]
    [InlineData("guidance: { denoiser: exact }\ndenoiser: { timesteps: 50 }\nsampling: { steps: 60 }", "sampling.steps: found 60, expected at most ")]
    [InlineData("sampling: { test_samples: 7 }\nevaluation: { metrics: [recall] }", "sampling.test_samples: found 3 points of a class, expected at least 4: recall needs as many")]
    [InlineData("evaluation: { metrics: [label-agreement] }", "evaluation.metrics: found 'label-agreement', expected one that these data allow: nn-distance, ")]
    [InlineData("guidances: { g: { denoiser: exact, sampler: heun } }", "guidances.g.sampler: found 'heun', expected one of ddim, dpm-solver, ddpm")]
    public void What_a_late_stage_needs_of_vectors_is_looked_at_first(string settings, string message) =>
        Refused("data: { kind: gaussians, train_per_class: 50, held_out_per_class: 50 }\n" + settings + "\n", message);

    [Theory]
    [InlineData(255, 0)]
    [InlineData(0.001, 0)]
    [InlineData(1, 100)]
    public void Held_out_points_of_another_unit_are_refused(double factor, double offset)
    {
        Vectors("train.npz", 1, 0, 0);
        Vectors("held.npz", 1, factor, offset);
        Refused("data: { kind: vectors, train: train.npz, held_out: held.npz }\n", "held.npz: points: found ", "expected numbers like those of ");
    }

    [Fact]
    public void Names_whose_models_would_share_a_folder_are_refused() => Refused(
        """
        data: { kind: gaussians, train_per_class: 50, held_out_per_class: 50 }
        guidances: { b: { scales: [1] }, a-b: { scales: [3] } }
        postprocessors: { x: { train: all, guidances: [a-b] }, x-a: { train: all, guidances: [b] } }

        """, "names: found x-a b and x a-b, which both would be models/postprocessor-x-a-b, expected names that tell them apart");

    [Fact]
    public void The_same_samples_at_two_scales_are_told_of()
    {
        GivenFiles.WriteVectors(folder, "real.npz", 1);
        GivenFiles.WriteVectors(folder, "gan.npz", 3);
        var observer = new Recorded();
        new StudyRun(StudyText.Resolve(folder, "title: x\ndata: { kind: vectors, train: real.npz }\ngenerated: { gan: { scales: { 1: gan.npz, 3: gan.npz } } }\npostprocessor: { neighbors: 5 }\n"), new(folder.File("run"), 0, CPU), observer)
            .Check(TestContext.Current.CancellationToken);
        Assert.Contains("gan w = 1: the same samples as gan w = 3", observer.Warnings);
    }

    [Fact]
    public void A_set_that_is_measured_against_itself_is_told_of()
    {
        Vectors("train.npz", 1, 1, 0);
        var observer = new Recorded();
        new StudyRun(StudyText.Resolve(folder, "title: x\ndata: { kind: vectors, train: train.npz, held_out: train.npz }\npostprocessors: {}\n"), new(folder.File("run"), 0, CPU), observer)
            .Check(TestContext.Current.CancellationToken);
        Assert.Contains("holds the very points of", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Floors_are_of_images_that_nothing_was_made_of()
    {
        Directory.CreateDirectory(folder.File("digits"));
        foreach (var (part, key) in new[] { ("train", 1UL), ("t10k", 2UL) })
        {
            byte[] pixels = new RandomKey(key).Normal(0, 40, [28 * 28]).mul_(40).add_(128).clamp_(0, 255).to(ScalarType.Byte).bytes.ToArray();
            File.WriteAllBytes(folder.File($"digits/{part}-images-idx3-ubyte"), IdxFile.Images(pixels, 40));
            File.WriteAllBytes(folder.File($"digits/{part}-labels-idx1-ubyte"), IdxFile.Labels([.. Enumerable.Range(0, 40).Select(i => (byte)(i % 10))]));
        }
        var study = StudyText.Resolve(folder, """
            title: x
            data: { kind: images, set: mnist, folder: DIGITS }
            denoisers: {}
            guidances: {}
            postprocessors: {}
            sampling: { test_samples: 40 }
            evaluation: { reference: train, features: pixels }
            """.Replace("DIGITS", folder.File("digits"), StringComparison.Ordinal));
        var data = StudyData.Load(study, 0, TestContext.Current.CancellationToken);
        using var context = new RunContext(study, new(folder.File("run"), 0, CPU), new Recorded(), data, default);
        var floor = new StudyEvaluation(context).Floor();
        // a set against itself has no distance, and covers itself
        Assert.InRange(Value("frechet"), 1, double.MaxValue);
        Assert.InRange(Value("nn-distance"), 1, double.MaxValue);
        using var judge = ImageJudge.Named("mnist");
        double accuracy = judge.Probabilities(data.HeldOut.Points).argmax(1).eq(data.HeldOut.Labels).to(ScalarType.Float64).mean().item<double>();
        Assert.Equal(accuracy, Value("label-agreement"), 12);

        double Value(string metric) => floor.Single(row => row.Metric == metric && row.Class == "all").Value!.Value;
    }

    private void Refused(string text, params string[] message)
    {
        Refusal.Of(
            () => new StudyRun(StudyText.Resolve(folder, "title: x\n" + text), new(folder.File("run"), 0, CPU), new Recorded()).Execute(TestContext.Current.CancellationToken),
            message);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    private void Vectors(string name, ulong key, double factor, double offset) => Npz.Write(folder.File(name), new Dictionary<string, Tensor>
    {
        ["points"] = new RandomKey(key).Normal(0, 200, [2]) * (factor == 0 ? 1 : factor) + offset,
        ["labels"] = arange(200, ScalarType.Int64).remainder(2),
    });

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
