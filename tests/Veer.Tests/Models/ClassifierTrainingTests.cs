using TorchSharp;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Training;
using Veer.Training;
using Veer.Trajectories;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

/// <summary>Classifiers of two classes on a line, N(-1, 0.5²) and N(1, 0.5²), whose posterior is known.</summary>
public sealed class ClassifierTrainingTests : IDisposable
{
    private const double Deviation = 0.5;

    private static readonly NoiseSchedule Process = NoiseSchedule.Linear();
    private static readonly ClassifierOptions LinearFolder = new()
    {
        Network = "linear",
        Training = new() { Steps = 1000, BatchSize = 256, LearningRate = 0.05, AverageDecay = 0.99 },
    };

    private static readonly ClassifierOptions Mlp = new()
    {
        Size = new() { Width = 32, Layers = 2, FourierFeatures = 0, TimeFeatures = 8 },
        Training = new() { Steps = 1500, BatchSize = 512, LearningRate = 0.005, AverageDecay = 0.99 },
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly GaussianMixture mixture = GaussianMixture.Isotropic(tensor(new[,] { { -1.0 }, { 1.0 } }), full(2, Deviation));

    public void Dispose()
    {
        mixture.Dispose();
        folder.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void A_linear_classifier_finds_the_middle_and_is_nearly_as_right_as_can_be()
    {
        var classifier = Fit(LinearFolder);
        Assert.Equal(2, classifier.Classes);
        foreach (int step in (int[])[50, 400])
        {
            var level = Process.LevelAt(step);
            var boundary = DecisionBoundary.Find(classifier, level, new([-4], [4]));
            Assert.InRange(Assert.Single(boundary.Roots), -0.1, 0.1);
            double best = special.ndtr(tensor(level.Alpha / Spread(level))).item<double>();
            Assert.Equal(best, ClassifierAccuracy.Compute(classifier, Data(20_000, "test"), level), 0.015);
            Assert.Equal(best, ClassifierAccuracy.Compute(new MixtureClassifier(mixture), Data(20_000, "test"), level), 0.01);
        }
    }

    [Fact]
    public void An_mlp_comes_near_the_closed_form()
    {
        var classifier = Fit(Mlp);
        foreach (int step in (int[])[50, 200, 400])
        {
            var level = Process.LevelAt(step);
            // where both classes are: beyond, few points or none say how sure to be
            var x = linspace(-0.8, 0.8, 31).reshape(-1, 1);
            var (expected, found) = (Odds(new MixtureClassifier(mixture), x, level), Odds(classifier, x, level));
            double miss = (expected - found).abs().mean().item<float>() / expected.abs().mean().item<float>();
            Assert.InRange(miss, 0, 0.1);
        }
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("mlp")]
    public void Stopped_and_resumed_it_ends_in_the_bits_of_one_left_alone(string network)
    {
        var options = Mlp with { Network = network, Training = Mlp.Training with { Steps = 150, BatchSize = 16 } };
        Fit(options, folder.File("whole"));
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Fit(options, folder.File("stopped"), StopAt.Step(50, source), source.Token));
        Assert.True(File.Exists(folder.File("stopped/checkpoint.safetensors")));
        Assert.False(ModelFolder.Exists(folder.File("stopped")));
        Fit(options, folder.File("stopped"));
        foreach (string file in (string[])["model.safetensors", "config.json"])
            Assert.Equal(File.ReadAllBytes(folder.File("whole/" + file)), File.ReadAllBytes(folder.File("stopped/" + file)));
        Assert.Empty(Directory.GetFiles(folder.File("stopped"), "checkpoint*"));
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("mlp")]
    public void What_was_trained_is_loaded_and_says_how_it_was_trained(string network)
    {
        var options = Mlp with
        {
            Network = network,
            Schedule = "cosine",
            Timesteps = 50,
            Training = Mlp.Training with { Steps = 20, BatchSize = 16 },
        };
        var trained = Fit(options);
        var level = new NoiseLevel(0.6, 0.8);
        var x = linspace(-1, 1, 5).reshape(-1, 1);
        Assert.True(AnyTensor.Same(
            trained.LogProbability(x, level).detach(), Model.LoadClassifier(folder.Path).LogProbability(x, level).detach()));
        var (_, config) = ModelFolder.Load(folder.Path);
        Assert.Equal(("cosine", 50, 320), (config.Schedule, config.Timesteps, config.ExamplesSeen));
        Assert.Equal(options.Training, config.Training);
    }

    [Fact]
    public void An_unknown_network_is_refused() =>
        Refusal.Of(() => Fit(Mlp with { Network = "tree" }), "classifier: network: found 'tree', expected one of linear, mlp");

    [Fact]
    public void The_loss_is_the_cross_entropy_of_noisy_points_and_starts_at_that_of_a_guess()
    {
        var network = ModelFolder.Create(new LinearClassifierOptions { Dimensions = 1, Outputs = 2 }, default);
        var objective = new ClassifierObjective(network, Process, Data(100, "train"));
        Assert.Equal(Math.Log(2), objective.Loss(new RandomKey(1), 64).item<float>(), 1e-6);
        using (no_grad()) network.get_parameter("layer.weight")!.copy_(tensor(new float[,] { { -1, 0 }, { 1, 0 } }));
        float loss = objective.Loss(new RandomKey(1), 64).item<float>();
        Assert.InRange(loss, 0.1, Math.Log(2));
        Assert.Equal(loss, objective.Loss(new RandomKey(1), 64).item<float>());
        Assert.NotEqual(loss, objective.Loss(new RandomKey(2), 64).item<float>());
    }

    private NetworkClassifier Fit(
        ClassifierOptions options, string? path = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken? cancellation = null) =>
        ClassifierTraining.Fit(
            Data(10_000, "train"), options, new() { Folder = path ?? folder.Path, Seed = 3, Progress = progress },
            cancellation ?? TestContext.Current.CancellationToken);

    private LabeledData Data(long count, string purpose)
    {
        var labels = arange(count, ScalarType.Int64).remainder(2);
        return new(mixture.Sample(labels, RandomKey.From(5, purpose)), labels, 2);
    }

    private static double Spread(NoiseLevel level) => Math.Sqrt(Math.Pow(level.Alpha * Deviation, 2) + Math.Pow(level.Sigma, 2));

    private static Tensor Odds(INoisyClassifier classifier, Tensor x, NoiseLevel level)
    {
        using var quiet = no_grad();
        var log = classifier.LogProbability(x, level);
        return log.select(1, 1) - log.select(1, 0);
    }
}
