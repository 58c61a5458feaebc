using TorchSharp;
using Veer.Data;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Veer.Tests.Models;
using Veer.Tests.Training;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>What a fit may be asked for, in memory and with a folder.</summary>
[Collection(Alone.Name)]
public sealed class PostprocessorFitTests : FolderTests
{
    private static readonly PostprocessorOptions Brief = new()
    {
        Pairing = "nearest",
        Neighbors = 2,
        Network = new() { Width = 8, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
        Training = new() { Steps = 60, BatchSize = 16, LearningRate = 0.02 },
    };

    private readonly LabeledData samples = Points(0), real = Points(1);

    [Fact]
    public void Own_arrays_take_three_lines()
    {
        var (points, wanted) = (RandomKey.From(1, "samples").Normal(0, 600, [2]) + 3, RandomKey.From(2, "real").Normal(0, 500, [2]));
        using var repair = Postprocessor.Fit(points, wanted, new() { Training = TrainingOptions.Brief with { Steps = 300 } }, cancellation: Token);
        var moved = repair.Apply(points, cancellation: Token).Samples;
        Assert.InRange(moved.mean().ToSingle(), -0.3, 0.3);
        Assert.InRange(moved.std().ToSingle(), 0.7, 1.3);
    }

    [Fact]
    public void In_memory_it_ends_in_the_bits_of_one_in_a_folder()
    {
        Postprocessor.Fit(samples, real, Brief, new() { Folder = folder.File("kept"), Seed = 3 }, Token).Dispose();
        using var inMemory = Postprocessor.Fit(samples, real, Brief, new() { Seed = 3 }, Token);
        inMemory.Save(folder.File("saved"));
        using var loaded = Postprocessor.Load(folder.File("saved"));
        loaded.Save(folder.File("again"));
        foreach (string file in (string[])["model.safetensors", "config.json"])
        {
            byte[] kept = File.ReadAllBytes(folder.File("kept/" + file));
            Assert.Equal(kept, File.ReadAllBytes(folder.File("saved/" + file)));
            Assert.Equal(kept, File.ReadAllBytes(folder.File("again/" + file)));
        }
        Assert.True(AnyTensor.Same(Moved(inMemory), Moved(loaded)));
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(folder.File("saved")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Names_of_classes_are_kept_and_held_against_their_number()
    {
        string[] names = ["left", "right"];
        var two = samples with { Labels = arange(samples.Count, ScalarType.Int64).remainder(2), Classes = 2 };
        using (var named = Postprocessor.Fit(two, two, Brief, new() { ClassNames = names }, Token)) named.Save(folder.Path);
        using (var loaded = Postprocessor.Load(folder.Path)) Assert.Equal(names, loaded.ClassNames);
        foreach (string[] wrong in (string[][])[["left"], ["left", "left"]])
            Refusal.Of(() => Postprocessor.Fit(two, two, Brief, new() { ClassNames = wrong }, Token), $"class names: found {string.Join(", ", wrong)}, expected 2 that differ");
        string config = folder.File("config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"right\"", "\"right\", \"middle\"", StringComparison.Ordinal));
        Refusal.Of(() => Postprocessor.Load(folder.Path), "class names: found left, right, middle, expected 2 that differ");
    }

    [Fact]
    public void Targets_of_ones_own_are_gone_to_and_named_in_the_checkpoint()
    {
        // the pairing would go to both real points
        var ends = real with { Points = cat([full(20, 2, 5f), full(20, 2, -5f)]) };
        using var first = Postprocessor.Fit(samples, ends, Brief with { Training = Brief.Training with { Steps = 300 } }, new() { Targets = Only(0) }, Token);
        Assert.InRange(Moved(first).mean().ToSingle(), 4.5, 5.5);

        using var source = new CancellationTokenSource();
        var run = new PostprocessorRun { Folder = folder.Path, Targets = Only(0) };
        Assert.Throws<OperationCanceledException>(() => Postprocessor.Fit(samples, ends, Brief, run with { Progress = StopAt.Step(50, source) }, source.Token));
        Assert.Equal(1, Reports(run));
        Assert.Throws<OperationCanceledException>(() =>
        {
            using var again = new CancellationTokenSource();
            Postprocessor.Fit(samples, ends, Brief, run with { Progress = StopAt.Step(50, again) }, again.Token);
        });
        Assert.Equal(2, Reports(run with { Targets = Only(1) }));

        int Reports(PostprocessorRun run)
        {
            int told = 0;
            Postprocessor.Fit(samples, ends, Brief, run with { Progress = new SynchronousProgress<TrainingProgress>(_ => told++) }, Token).Dispose();
            return told;
        }
    }

    [Fact]
    public void It_begins_with_a_model_in_memory_as_with_its_folder()
    {
        var still = Brief with { Training = new() { Steps = 1, BatchSize = 8, LearningRate = 1e-9 } };
        using var earlier = Postprocessor.Fit(samples, real, Brief, cancellation: Token);
        using var next = Postprocessor.Fit(samples, real, still, new() { Seed = 9, Start = StartingWeights.From(earlier) }, Token);
        Near.Distance(Moved(earlier), Moved(next), 1e-5);
        var flow = new DenoiserOptions { Family = "flow", Network = Brief.Network, Training = Brief.Training };
        using var generator = (Veer.Diffusion.FlowDenoiser)DenoiserTraining.Fit(real, flow, new() { Folder = folder.Path }, Token);
        using var one = Postprocessor.Fit(samples, real, still, new() { Start = StartingWeights.From(generator) }, Token);
        using var other = Postprocessor.Fit(samples, real, still, new() { Start = StartingWeights.From(folder.Path) }, Token);
        Assert.True(AnyTensor.Same(Moved(one), Moved(other)));
    }

    [Fact]
    public void Sets_of_other_shapes_and_samples_without_the_labels_that_it_knows_are_refused()
    {
        Refusal.Of(() => Postprocessor.Fit(zeros(4, 2), zeros(4, 3), Brief), "real: found points [3], expected [2]");
        Refusal.Of(() => Postprocessor.Fit(zeros(0, 2), zeros(4, 2), Brief), "samples: found none");
        using var ofTwo = Postprocessor.Fit(samples with { Classes = 2 }, real with { Classes = 2 }, Brief, cancellation: Token);
        Refusal.Of(() => ofTwo.Apply(samples.Points), "labels: found none, expected one of 2");
    }

    [Fact]
    public void Each_pairing_says_what_it_is_and_reads()
    {
        Assert.All(Pairings.All, pairing => Assert.NotEmpty(pairing.Title + pairing.Source));
        Assert.All(Pairings.All.SelectMany(pairing => pairing.Reads(Brief)), name => Assert.NotNull(typeof(PostprocessorOptions).GetProperty(name)));
        Assert.DoesNotContain(nameof(Brief.Neighbors), Pairings.Balanced.Reads(new()));
        Assert.Contains(nameof(Brief.Neighbors), Pairings.Balanced.Reads(new() { NearestShare = 0.5 }));
    }

    [Fact]
    public void Disposed_of_it_leaves_no_tensor() => InMemoryTrainingTests.Flat(() =>
    {
        foreach (string pairing in (string[])["nearest", "balanced", "random"])
        {
            using var trained = Postprocessor.Fit(samples, real, Brief with { Pairing = pairing }, cancellation: Token);
            trained.Apply(samples.Points, samples.Labels, [0, 0.5, 1], cancellation: Token);
        }
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Tensor Moved(Postprocessor postprocessor) => postprocessor.Apply(samples.Points, cancellation: Token).Samples;

    private static Targets Only(int half) => new(full([40, 1], half * 20, ScalarType.Int64) + arange(40, ScalarType.Int64).remainder(20).unsqueeze(1));

    private static LabeledData Points(float place) =>
        new(RandomKey.From(4, "points").Normal(0, 40, [2]) * 0.1 + place, zeros(40, ScalarType.Int64), 1);
}
