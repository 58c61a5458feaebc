using Veer.Data;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Studies.Runs;
using Veer.Tests.Formats;
using Veer.Tests.Models;
using Veer.Tests.Training;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>Fits of samples of any generator: units, early stopping, strength, memorisation, and all of it in one call.</summary>
[Collection(Alone.Name)]
public sealed class RepairTests : FolderTests
{
    private static readonly PostprocessorOptions Options = new()
    {
        BlockSize = 100,
        Rounds = 2,
        Standardise = true,
        Network = new() { Width = 16, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
        Training = new() { Steps = 300, BatchSize = 64, LearningRate = 0.01, ConstantRate = true, AverageDecay = 0.95 },
        Stopping = new() { Every = 50, Patience = 3 },
    };

    private static readonly FitRecipe Recipe = new(Options, "heun", 2, []);

    private static readonly float[] Scale = [1e-3f, 1e4f], Offset = [0.02f, 3e5f];

    private readonly Tensor samples = Points("samples") * 0.5 + 1, real = Points("real");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Vectors_of_any_unit_are_learned_alike_and_a_saved_model_knows_the_unit()
    {
        var brief = Options with { Stopping = null, Training = Options.Training with { Steps = 100 } };
        using var usual = Postprocessor.Fit(samples, real, brief, cancellation: Token);
        using var other = Postprocessor.Fit(InUnit(samples), InUnit(real), brief, cancellation: Token);
        var moved = usual.Apply(samples, cancellation: Token).Samples;
        Assert.InRange(moved.mean().item<float>(), -0.2f, 0.2f);
        Near.Absolute(moved, OutOfUnit(other.Apply(InUnit(samples), cancellation: Token).Samples), 0.02);
        other.Save(folder.Path);
        using var loaded = Postprocessor.Load(folder.Path);
        Assert.True(AnyTensor.Same(other.Apply(InUnit(samples), cancellation: Token).Samples, loaded.Apply(InUnit(samples), cancellation: Token).Samples));
        // a step of Euler is the velocity in the points' own unit
        var labels = zeros(samples.shape[0], ScalarType.Int64);
        var step = other.Apply(InUnit(samples), new Veer.Solvers.Euler(1), cancellation: Token).Samples;
        Near.Absolute(OutOfUnit(step), OutOfUnit(InUnit(samples) + other.Velocity(InUnit(samples), 0, labels)), 0.01);
        Assert.Null(ModelFolder.Load(folder.Path).Config.Standardisation is { Scale.Count: 2 } ? null : "no unit of two columns");
    }

    [Fact]
    public void Points_of_double_precision_are_taken_as_single()
    {
        var brief = Options with { Stopping = null, Training = Options.Training with { Steps = 5 } };
        using var usual = Postprocessor.Fit(Data(samples), Data(real), brief, cancellation: Token);
        using var other = Postprocessor.Fit(Data(samples.to(ScalarType.Float64)), Data(real.to(ScalarType.Float64)), brief, cancellation: Token);
        Assert.True(AnyTensor.Same(usual.Apply(samples, cancellation: Token).Samples, other.Apply(samples, cancellation: Token).Samples));
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        var brief = Options with { Stopping = null, Training = Options.Training with { Steps = 5 } };
        Refusal.Of(() => Postprocessor.Fit(samples, real, brief with { Training = brief.Training with { Steps = 0 } }), "postprocessor: training.steps: found 0, expected at least 1");
        Refusal.Of(() => Postprocessor.Fit(Data(samples) with { Classes = 2 }, Data(real), brief), "classes: found 2 of the samples, 1 of the real points");
        Refusal.Of(() => Postprocessor.Fit(Data(samples) with { Labels = ones(samples.shape[0], ScalarType.Int64) }, Data(real), brief), "samples: labels: found label 1, expected 0 to 0");
        Refusal.Of(() => Postprocessor.Fit(samples, real, Options), "stopping: found no held-out points");
        Refusal.Of(() => Postprocessor.Fit(zeros(4, 1, 8, 8), zeros(4, 1, 8, 8), Options with { Stopping = null }), "standardise: found images");
        using var one = Postprocessor.Fit(samples, real, Options with { Stopping = null, Training = Options.Training with { Steps = 1 } }, cancellation: Token);
        var start = new PostprocessorRun { Start = StartingWeights.From(one) };
        Refusal.Of(() => Postprocessor.Fit(samples, real, Options with { Stopping = null }, start), "standardise: found a warm start");
        Refusal.Of(() => Postprocessor.Fit(samples, real, Options with { Stopping = null, Standardise = null }, start), "standardisation: found one of its own");
        var run = new PostprocessorRun { HeldOut = new(Data(samples), Data(zeros(4, 3))) };
        Refusal.Of(() => Postprocessor.Fit(samples, real, Options, run), "held-out real: found points [3], expected [2]");
    }

    [Fact]
    public void Early_stopping_ends_in_the_same_bits_wherever_it_is_stopped_and_counts_the_examples_of_the_best_step()
    {
        var run = new PostprocessorRun { HeldOut = new(Data(Points("more") * 0.5 + 1), Data(Points("unseen"))) };
        using var whole = Postprocessor.Fit(samples, real, Options, run, Token);
        using var source = new CancellationTokenSource();
        var kept = run with { Folder = folder.Path, Progress = StopAt.Step(100, source) };
        Assert.Throws<OperationCanceledException>(() => Postprocessor.Fit(samples, real, Options, kept, source.Token));
        using var resumed = Postprocessor.Fit(samples, real, Options, kept with { Progress = null }, Token);
        Assert.True(AnyTensor.Same(whole.Apply(samples, cancellation: Token).Samples, resumed.Apply(samples, cancellation: Token).Samples));
        long examples = ModelFolder.Load(folder.Path).Config.ExamplesSeen!.Value;
        Assert.InRange(examples, 50 * 64, 300 * 64);
        Assert.Equal(0, examples % (50 * 64));
    }

    [Fact]
    public void A_training_that_is_stopped_before_its_first_look_goes_on_from_its_checkpoint()
    {
        var late = Options with { Stopping = new() { Every = 200, Patience = 3 } };
        using var source = new CancellationTokenSource();
        var run = new PostprocessorRun { HeldOut = new(Data(Points("more") * 0.5 + 1), Data(Points("unseen"))), Folder = folder.Path, Warn = line => Assert.Fail(line) };
        Assert.Throws<OperationCanceledException>(() => Postprocessor.Fit(samples, real, late, run with { Progress = StopAt.Step(50, source) }, source.Token));
        long first = 0;
        using var resumed = Postprocessor.Fit(samples, real, late, run with { Progress = new SynchronousProgress<TrainingProgress>(told => first = first == 0 ? told.Step : first) }, Token);
        Assert.InRange(first, 51, 300);
    }

    [Fact]
    public void One_call_repairs_what_is_wrong()
    {
        using var repair = Repair.Fit(samples, real, new() { Recipe = Recipe }, Token);
        Assert.True(repair.Strength > 0.5);
        Assert.Equal(StrengthCurve.Usual, repair.Curve.Points.Select(point => point.Strength));
        Assert.Equal((0.0, 0.0), (repair.Curve.Points[0].Change, repair.Curve.Points[0].ChangeError));
        Assert.True(repair.Curve.Chosen.Distance < repair.Curve.Points[0].Distance / 4);
        Assert.False(repair.Memorization.Memorizes);
        Assert.Empty(repair.Notes);
        var unseen = Points("new") * 0.5 + 1;
        var discrepancy = new KernelDiscrepancy(Points("unseen"));
        Assert.True(discrepancy.Of(repair.Apply(unseen, Token)) < discrepancy.Of(unseen) / 4);
        Near.Absolute(repair.Apply(unseen, Token), repair.Apply(Data(unseen), Token).Points, 0);
    }

    [Fact]
    public void A_saved_repair_is_applied_as_it_was_fitted()
    {
        using var repair = Repair.Fit(samples, real, new() { Recipe = Recipe, Strengths = [0.6], Folder = folder.File("trained") }, Token);
        repair.Save(folder.File("saved"));
        foreach (string name in (string[])["trained", "saved"])
        {
            using var loaded = Repair.Load(folder.File(name));
            Assert.True(AnyTensor.Same(repair.Apply(samples, Token), loaded.Apply(samples, Token)));
            Assert.Equal(repair.Curve.Points, loaded.Curve.Points);
            Assert.Equal((repair.Memorization, repair.Recipe.Options, 0.6), (loaded.Memorization, loaded.Recipe.Options, loaded.Strength));
            var fitted = FittedPostprocessor.Find(folder.File(name), Token);
            Assert.Equal((0.6, "heun", 2), (fitted.StrengthAt(null), fitted.Solver, fitted.Steps));
        }
        string path = folder.File("saved/repair.json"), text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("heun", "euller", StringComparison.Ordinal));
        Refusal.Of(() => Repair.Load(folder.File("saved")), "repair.json: recipe.solver: found 'euller', expected one of");
        File.WriteAllText(path, text[..^20]);
        Refusal.Of(() => FittedPostprocessor.Find(folder.File("saved"), Token), "repair.json: document: found broken JSON");
        // a flow that is saved over it is applied as nothing says
        repair.Flow.Save(folder.File("saved"));
        Refusal.Of(() => Repair.Load(folder.File("saved")), "repair.json: found no such file");
        // nor one that is trained over it
        var brief = Options with { Stopping = null, Training = Options.Training with { Steps = 5 } };
        using var over = Postprocessor.Fit(samples, real, brief, new() { Folder = folder.File("trained") }, Token);
        Refusal.Of(() => Repair.Load(folder.File("trained")), "repair.json: found no such file");
    }

    [Fact]
    public void Samples_that_are_good_stay_as_they_are()
    {
        int moved = 0;
        for (long seed = 0; seed < 5; seed++)
        {
            using var repair = Repair.Fit(Points("good", seed), real, new() { Recipe = Recipe, Seed = seed }, Token);
            if (repair.Strength > 0) moved++;
            else Assert.Contains("stay as they are", Assert.Single(repair.Notes), StringComparison.Ordinal);
            if (repair.Strength == 0) Assert.True(AnyTensor.Same(samples, repair.Apply(samples, Token)));
        }
        Assert.InRange(moved, 0, 1);
    }

    [Fact]
    public void Classes_that_only_one_side_has_are_not_used()
    {
        var labelled = new LabeledData(real, arange(real.shape[0], ScalarType.Int64).remainder(3), 3);
        using var repair = Repair.Fit(Data(samples), labelled, new() { Recipe = Recipe }, Token);
        Assert.Equal("classes are not used: the samples have 1, the real points 3", repair.Notes[0]);
        Assert.Equal(1, repair.Flow.Classes);
    }

    [Fact]
    public void What_was_fitted_without_classes_repairs_samples_of_classes()
    {
        var labelled = new LabeledData(samples, arange(samples.shape[0], ScalarType.Int64).remainder(3), 3);
        using var repair = Repair.Fit(labelled, Data(real), new() { Recipe = Recipe }, Token);
        Assert.Equal("classes are not used: the samples have 3, the real points 1", repair.Notes[0]);
        var repaired = repair.Apply(labelled, Token);
        Assert.True(AnyTensor.Same(repair.Apply(samples, Token), repaired.Points));
        Assert.Same(labelled.Labels, repaired.Labels);
    }

    [Fact]
    public void Samples_that_lack_the_last_class_are_repaired_class_by_class()
    {
        var two = new LabeledData(samples, arange(samples.shape[0], ScalarType.Int64).remainder(2), 2);
        using var repair = Repair.Fit(two, new(real, arange(real.shape[0], ScalarType.Int64).remainder(3), 3), new() { Recipe = Recipe }, Token);
        Assert.Equal(3, repair.Flow.Classes);
        Assert.Equal(samples.shape, repair.Apply(two, Token).Points.shape);
    }

    [Fact]
    public void A_flow_that_gives_training_points_back_is_named()
    {
        using var flow = Postprocessor.Fit(samples, real, Options with { Stopping = null, Training = Options.Training with { Steps = 1 } }, cancellation: Token);
        var copies = real.narrow(0, 0, 100) + 1e-3;
        var copied = MemorizationCheck.Measure(flow, copies, Points("unseen"), real, cancellation: Token);
        Assert.True(copied.Memorizes);
        Assert.Contains("the flow memorises", copied.Line, StringComparison.Ordinal);
        var fresh = MemorizationCheck.Measure(flow, Points("other"), Points("unseen"), real, cancellation: Token);
        Assert.InRange(fresh.Ratio, 0.7, 1.4);
        Assert.False(MemorizationCheck.Measure(flow, copies, real, real, cancellation: Token).Memorizes);
    }

    [Fact]
    public void Disposed_of_it_leaves_no_tensor() =>
        InMemoryTrainingTests.Flat(() => Repair.Fit(samples, real, new() { Recipe = Recipe }, Token).Dispose());

    private static LabeledData Data(Tensor points) => new(points, zeros(points.shape[0], ScalarType.Int64), 1);

    private static Tensor Points(string name, long seed = 5) => RandomKey.From(seed, name).Normal(0, 600, [2]);

    private static Tensor InUnit(Tensor points) => points * tensor(Scale) + tensor(Offset);

    private static Tensor OutOfUnit(Tensor points) => (points - tensor(Offset)) / tensor(Scale);
}
