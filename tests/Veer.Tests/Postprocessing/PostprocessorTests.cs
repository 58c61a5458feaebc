using Veer.Data;
using Veer.Metrics;
using Veer.Models;
using Veer.Networks;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>Real points: two short bars, a class each. Samples: the same bars, moved by (0.5, 0.3).</summary>
public sealed class PostprocessorTests : IClassFixture<PostprocessorTests.Trained>
{
    private static readonly LabeledData RealPoints = Bars(200, 0, 0), Generated = Bars(150, 0.5f, 0.3f);
    private static readonly PostprocessorOptions Options = new()
    {
        Pairing = "nearest",
        Neighbors = 3,
        Network = new() { Width = 16, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
        Training = new() { Steps = 400, BatchSize = 128, LearningRate = 0.02, AverageDecay = 0.9 },
    };

    private readonly Trained trained;

    public PostprocessorTests(Trained trained) => this.trained = trained;

    [Fact]
    public void Samples_move_onto_the_real_points()
    {
        var (moved, evaluations) = Apply();
        Assert.Equal(Generated.Points.shape, moved.shape);
        Assert.InRange(Miss(moved), 0, Miss(Generated.Points) / 5);
        Assert.Equal(4, evaluations);
    }

    [Fact]
    public void Strength_is_how_far_along_the_flow()
    {
        var (start, whole) = (Generated.Points, Apply().Samples);
        Assert.True(AnyTensor.Same(start, Moved(0)));
        Assert.True(AnyTensor.Same(whole, Moved(1)));
        var half = Moved(0.5);
        // a flow trained on pairs is nearly straight
        Near.Distance((start + whole) / 2, half, 0.15);
        Assert.True(Miss(half) < Miss(start) && Miss(whole) < Miss(half));
        Assert.Throws<ArgumentOutOfRangeException>(() => Moved(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Moved(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Moved(double.NaN));

        Tensor Moved(double strength) => Apply(strength: strength).Samples;
    }

    [Fact]
    public void One_way_leads_by_every_strength()
    {
        var (moved, evaluations) = trained.Postprocessor.Apply(
            Generated.Points, Generated.Labels, [0.5, 1], new Euler(4), TestContext.Current.CancellationToken);
        Assert.Equal(4, evaluations);
        Assert.True(AnyTensor.Same(Apply(new Euler(4), strength: 0.5).Samples, moved[0]));
        Assert.True(AnyTensor.Same(Apply(new Euler(4)).Samples, moved[1]));
        Assert.Throws<ArgumentException>(() => trained.Postprocessor.Apply(Generated.Points, Generated.Labels, [0.5, 0], cancellation: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("euler")]
    [InlineData("heun")]
    [InlineData("dopri5")]
    public void What_is_judged_at_a_strength_is_what_is_applied_whatever_stands_beside_it(string name)
    {
        IOdeSolver solver = name switch { "euler" => new Euler(3), "heun" => new Heun(3), _ => new Dopri5() };
        foreach (double[] strengths in (double[][])[[0.2, 0.5, 0.9], [0.5, 1], [0.2, 1.0 / 3, 2.0 / 3]])
        {
            var (judged, _) = trained.Postprocessor.Apply(
                Generated.Points, Generated.Labels, strengths, solver, TestContext.Current.CancellationToken);
            for (int i = 0; i < strengths.Length; i++)
                Assert.True(AnyTensor.Same(Apply(solver, strengths[i]).Samples, judged[i]), $"{strengths[i]} of {string.Join(", ", strengths)}");
        }
    }

    [Fact]
    public void Samples_and_labels_that_it_cannot_know_are_refused()
    {
        Refused(Generated.Points, Generated.Labels + 1, "labels: found 2, expected 0 to 1");
        Refused(Generated.Points, Generated.Labels - 1, "labels: found -1");
        Refused(Generated.Points, Generated.Labels.narrow(0, 0, 3), "labels: found [3]");
        Refused(Generated.Points, Generated.Labels[0], "labels: found []");
        Refused(Generated.Points, Generated.Labels.to(ScalarType.Float32), "labels: found [150] Float32");
        Refused(zeros(150, 3), Generated.Labels, "samples: found [150, 3], expected [N, 2]");
        Refused(zeros(150), Generated.Labels, "samples: found [150]");
        Refused(Generated.Points, Generated.Labels.to(META), "labels: found on meta, expected on cpu");

        void Refused(Tensor points, Tensor labels, string message)
        {
            foreach (double strength in (double[])[0, 0.5])
                Refusal.Of(() => trained.Postprocessor.Apply(points, labels, null, strength, TestContext.Current.CancellationToken), "postprocessor", message);
        }
    }

    [Fact]
    public void No_samples_stay_none()
    {
        var (moved, evaluations) = trained.Postprocessor.Apply(
            zeros(0, 2), zeros(0, ScalarType.Int64), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), ((int)moved.shape[0], evaluations));
    }

    [Fact]
    public void A_solver_of_ones_own_is_used()
    {
        var (moved, evaluations) = Apply(new Dopri5());
        Assert.InRange(evaluations, 7, 500);
        Near.Distance(Apply().Samples, moved, 0.1);
    }

    [Fact]
    public void What_a_training_left_is_loaded_to_the_bit()
    {
        var loaded = Postprocessor.Load(trained.Folder.Path);
        Assert.True(AnyTensor.Same(
            Apply().Samples, Apply(postprocessor: loaded).Samples));
        var config = ModelFolder.Load(trained.Folder.Path).Config;
        Assert.Equal(("postprocessor", 2, 400 * 128L), (config.Kind, config.Classes, config.ExamplesSeen));
        Assert.Empty(Directory.GetFiles(trained.Folder.Path, "checkpoint*"));
        Refusal.Of(() => Model.Load(trained.Folder.Path), "kind: found 'postprocessor', expected 'denoiser'");
    }

    [Fact]
    public void Equal_seeds_train_equal_weights_and_others_do_not()
    {
        var brief = Options with { Training = Options.Training with { Steps = 5 } };
        using var folders = new TemporaryFolder();
        byte[] Weights(string name, long seed)
        {
            Fit(RealPoints, brief, folders.File(name), seed);
            return File.ReadAllBytes(Path.Combine(folders.File(name), "model.safetensors"));
        }
        byte[] first = Weights("first", 1);
        Assert.Equal(first, Weights("again", 1));
        Assert.NotEqual(first, Weights("other", 2));
    }

    [Fact]
    public void A_class_with_fewer_than_k_real_points_is_refused()
    {
        using var folder = new TemporaryFolder();
        var scarce = new LabeledData(RealPoints.Points, arange(RealPoints.Count, ScalarType.Int64).lt(RealPoints.Count - 2).to(ScalarType.Int64), 2);
        Refusal.Of(() => Fit(scarce, Options, folder.Path), "2", "3");
        Fit(scarce, Options with { MatchClasses = false, Training = new() { Steps = 1, BatchSize = 8 } }, folder.Path);
        Refusal.Of(() => Fit(RealPoints, Options with { MatchClasses = false, Neighbors = 201 }, folder.Path), "200", "201");
    }

    [Fact]
    public void A_training_begins_with_a_generators_weights()
    {
        using var folders = new TemporaryFolder();
        Generator(folders, "flow");
        var start = Weights("generator");
        Begin(folders);
        foreach (var (name, weights) in Weights("postprocessor"))
        {
            var wanted = start[name];
            for (int axis = 0; axis < weights.dim(); axis++) wanted = wanted.narrow(axis, 0, weights.shape[axis]);
            Near.Absolute(wanted, weights, 1e-6);
        }

        Dictionary<string, Tensor> Weights(string name) => StateTensors.Collect(ModelFolder.Load(folders.File(name)).Network);
    }

    [Fact]
    public void A_postprocessor_goes_on_from_an_earlier_one_alike()
    {
        using var folders = new TemporaryFolder();
        Begin(folders, trained.Folder.Path);
        var moved = Apply(postprocessor: Postprocessor.Load(folders.File("postprocessor"))).Samples;
        Near.Distance(Apply().Samples, moved, 1e-5);
    }

    [Fact]
    public void A_generator_that_is_no_flow_or_of_another_shape_is_no_start()
    {
        using var folders = new TemporaryFolder();
        Generator(folders, "ddpm");
        Refusal.Of(() => Begin(folders), "generator: family: found 'ddpm', expected 'flow'");
        Generator(folders, "flow", width: 24);
        Refusal.Of(() => Begin(folders), "generator", "24", "16");
        Generator(folders, "flow", classes: 3);
        Refusal.Of(() => Begin(folders), "generator: classes: found 3, expected 2");
    }

    private static void Generator(TemporaryFolder folders, string family, int width = 16, int classes = 2) => DenoiserTraining.Fit(
        RealPoints with { Classes = classes },
        new() { Family = family, Network = Options.Network with { Width = width }, Training = new() { Steps = 5, BatchSize = 8 } },
        new() { Folder = folders.File("generator"), Seed = 3 }, TestContext.Current.CancellationToken).Dispose();

    /// <summary>One step, too short to be seen.</summary>
    private static void Begin(TemporaryFolder folders, string? start = null) => Postprocessor.Fit(
        Generated, RealPoints, Options with { Training = new() { Steps = 1, BatchSize = 8, LearningRate = 1e-9 } },
        new() { Folder = folders.File("postprocessor"), Seed = 4, Start = StartingWeights.From(start ?? folders.File("generator")) },
        TestContext.Current.CancellationToken).Dispose();

    private (Tensor Samples, int Evaluations) Apply(IOdeSolver? solver = null, double strength = 1, Postprocessor? postprocessor = null) =>
        (postprocessor ?? trained.Postprocessor).Apply(
            Generated.Points, Generated.Labels, solver, strength, TestContext.Current.CancellationToken);

    private static Postprocessor Fit(LabeledData real, PostprocessorOptions options, string folder, long seed = 0) =>
        Postprocessor.Fit(Generated, real, options, new() { Folder = folder, Seed = seed }, TestContext.Current.CancellationToken);

    private static double Miss(Tensor points) => NearestDistance.Mean(points, RealPoints.Points);

    private static LabeledData Bars(int count, float right, float up)
    {
        var labels = arange(count, ScalarType.Int64).remainder(2);
        var along = linspace(-1, 1, count);
        return new(stack([along + right, labels.to(ScalarType.Float32) * 4 + up], 1), labels, 2);
    }

    public sealed class Trained : IDisposable
    {
        public Trained() => Postprocessor = Fit(RealPoints, Options, Folder.Path);

        internal TemporaryFolder Folder { get; } = new();

        public Postprocessor Postprocessor { get; }

        public void Dispose() => Folder.Dispose();
    }
}
