using Veer.Data;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Training;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

/// <summary>A training without a folder ends in the bits of one with a folder, and leaves nothing behind.</summary>
[Collection(Alone.Name)]
public sealed class InMemoryTrainingTests : FolderTests
{
    private static readonly TrainingOptions Brief = new() { Steps = 60, BatchSize = 16 };
    private static readonly MlpSize Size = new() { Width = 8, Layers = 1, FourierFeatures = 4, TimeFeatures = 4 };
    private readonly LabeledData data = new(RandomKey.From(1, "points").Normal(0, 40, [2]), arange(40, ScalarType.Int64).remainder(2), 2);

    [Theory]
    [InlineData("ddpm")]
    [InlineData("flow")]
    public void A_denoiser_saved_afterwards_is_the_one_that_a_training_leaves(string family)
    {
        var options = new DenoiserOptions { Family = family, Network = Size, Training = Brief };
        DenoiserTraining.Fit(data, options, new() { Folder = folder.File("kept"), Seed = 3 }, Token).Dispose();
        using var inMemory = DenoiserTraining.Fit(data, options, new() { Seed = 3 }, Token);
        inMemory.Save(folder.File("saved"));
        Same("kept", "saved");
        using var loaded = Model.Load(folder.File("kept"));
        loaded.Save(folder.File("again"));
        Same("kept", "again");
    }

    [Fact]
    public void So_is_a_classifier()
    {
        var options = new ClassifierOptions { Size = Size, Training = Brief };
        ClassifierTraining.Fit(data, options, new() { Folder = folder.File("kept"), Seed = 3 }, Token).Dispose();
        using var inMemory = ClassifierTraining.Fit(data, options, new() { Seed = 3 }, Token);
        inMemory.Save(folder.File("saved"));
        Same("kept", "saved");
    }

    /// <summary>Of one shard and of several: a training records gradients itself.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(1024)]
    public void Where_gradients_are_off_it_is_the_same(int batch)
    {
        var options = new DenoiserOptions { Network = Size, Training = new() { Steps = 3, BatchSize = batch } };
        DenoiserTraining.Fit(data, options, new() { Folder = folder.File("on"), Seed = 3 }, Token).Dispose();
        using (no_grad()) DenoiserTraining.Fit(data, options, new() { Folder = folder.File("off"), Seed = 3 }, Token).Dispose();
        Same("on", "off");
    }

    /// <summary>A shard that is the only one is wide enough here that torch would share its work out.</summary>
    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        var wide = new DenoiserOptions { Network = new() { Width = 512, Layers = 1, FourierFeatures = 4, TimeFeatures = 4 }, Training = new() { Steps = 3, BatchSize = 256 } };
        int threads = Veer.Runtime.Threads.Count;
        try
        {
            foreach (int count in (int[])[1, 2])
            {
                Veer.Runtime.Threads.Use(count);
                DenoiserTraining.Fit(data, wide, new() { Folder = folder.File($"{count}"), Seed = 3 }, Token).Dispose();
                Assert.Equal(count, Veer.Runtime.Threads.Count);
            }
        }
        finally
        {
            Veer.Runtime.Threads.Use(threads);
        }
        Same("1", "2");
    }

    [Fact]
    public void A_preview_is_shown_without_events()
    {
        var seen = new List<(long Step, bool Events)>();
        DenoiserTraining.Fit(
            data, new() { Network = Size, Training = Brief },
            new() { Preview = preview => seen.Add((preview.Step, preview.Events is not null)) }, Token).Dispose();
        Assert.Equal([(60, false)], seen);
    }

    [Fact]
    public void Cancelled_or_diverged_it_ends_without_a_file()
    {
        using var source = new CancellationTokenSource();
        var run = new TrainingRun { Progress = StopAt.Step(50, source) };
        Assert.Throws<OperationCanceledException>(() => ClassifierTraining.Fit(data, new() { Size = Size, Training = Brief }, run, source.Token));
        var spoilt = data with { Points = full_like(data.Points, float.NaN) };
        var fault = Assert.Throws<TrainingDivergedException>(() => ClassifierTraining.Fit(spoilt, new() { Size = Size, Training = Brief }, cancellation: Token));
        Assert.Equal((1, 0), (fault.Step, fault.Kept));
    }

    [Fact]
    public void Disposed_of_a_model_leaves_no_tensor()
    {
        var denoiser = new DenoiserOptions { Network = Size, Training = Brief };
        var classifier = new ClassifierOptions { Size = Size, Training = Brief };
        Flat(() =>
        {
            DenoiserTraining.Fit(data, denoiser, cancellation: Token).Dispose();
            ClassifierTraining.Fit(data, classifier, cancellation: Token).Dispose();
            Assert.Throws<TrainingDivergedException>(() => DenoiserTraining.Fit(data with { Points = data.Points / 0 }, denoiser, cancellation: Token));
        });
    }

    /// <summary>Does the work some times and looks at the tensors that live after each.</summary>
    /// <param name="work">Makes three networks of five parameters, and frees them.</param>
    internal static void Flat(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            using (NewDisposeScope()) work();
            counts.Add(Tensor.TotalCount);
        }
        // TorchSharp counts a parameter twice and takes away one; finalizers may take away what earlier tests left
        for (int i = 1; i < counts.Count; i++) Assert.InRange(counts[i] - counts[i - 1], long.MinValue, 3 * 5);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void Same(string one, string other)
    {
        foreach (string file in (string[])["model.safetensors", "config.json"])
            Assert.Equal(File.ReadAllBytes(folder.File($"{one}/{file}")), File.ReadAllBytes(folder.File($"{other}/{file}")));
    }
}
