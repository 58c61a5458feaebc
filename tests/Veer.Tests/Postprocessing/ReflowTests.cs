using TorchSharp;
using Veer.Data;
using Veer.Onnx;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>One evaluation in the place of a flow's many.</summary>
public sealed class ReflowTests : FolderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly TrainingOptions Training = new() { Steps = 600, BatchSize = 256, LearningRate = 3e-3 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_step_leads_samples_that_it_never_saw_where_the_flow_does(bool standardise)
    {
        using var flow = Flow(standardise);
        using var oneStep = Reflow.Fit(flow, Samples(0), Training, new() { Folder = folder.File("kept") }, cancellation: Token);
        var fresh = Samples(1);
        var (end, many) = flow.Apply(fresh.Points, fresh.Labels, new Heun(20), cancellation: Token);
        // any other solver would ask for what it has not learned
        var (led, one) = oneStep.Apply(fresh.Points, fresh.Labels, new Heun(4), cancellation: Token);
        Assert.Equal((40, 1), (many, one));
        double way = Distance(end, fresh.Points), missed = Distance(led, end);
        Assert.True(missed < 0.05 * way, $"missed by {missed} of {way}");
        // the flow itself in one step misses by far more, or there would be nothing to learn
        Assert.True(Distance(flow.Apply(fresh.Points, fresh.Labels, new Euler(1), cancellation: Token).Samples, end) > 3 * missed);
        // half as far is half of the way
        Assert.True(oneStep.Apply(fresh.Points, fresh.Labels, strength: 0.5, cancellation: Token).Samples.allclose((fresh.Points + led) / 2, 1e-4, 1e-4));
    }

    [Fact]
    public void It_is_saved_loaded_and_exported_as_what_it_is()
    {
        using var flow = Flow(standardise: true);
        using var oneStep = Reflow.Fit(flow, Samples(0), Training with { Steps = 20 }, new() { Folder = folder.File("kept") }, cancellation: Token);
        using var loaded = Postprocessor.Load(folder.File("kept"));
        Assert.True(loaded.TakesOneStep && !flow.TakesOneStep);
        Assert.Contains("\"one_step\": true", File.ReadAllText(folder.File("kept/config.json")), StringComparison.Ordinal);
        var samples = Samples(1);
        Assert.True(AnyTensor.Same(oneStep.Apply(samples.Points, samples.Labels, cancellation: Token).Samples, loaded.Apply(samples.Points, samples.Labels, cancellation: Token).Samples));
        // checked against ONNX Runtime's answer
        OnnxExport.Write(loaded, folder.File("one.onnx"), new() { Solver = new Heun(4) });
        Assert.True(new FileInfo(folder.File("one.onnx")).Length < 2 * new FileInfo(folder.File("kept/model.safetensors")).Length);
    }

    [Fact]
    public void What_takes_one_step_itself_has_no_way_to_learn()
    {
        using var flow = Flow(standardise: false);
        using var oneStep = Reflow.Fit(flow, Samples(0), Training with { Steps = 1 }, cancellation: Token);
        Refusal.Of(() => Reflow.Fit(oneStep, Samples(0), Training, cancellation: Token).Dispose(), "reflow: flow: found one that takes one step itself, expected one of many steps");
    }

    /// <summary>From a broad cloud of each class to a ring about its own place.</summary>
    private static Postprocessor Flow(bool standardise)
    {
        var angle = RandomKey.From(2, "angle").Normal(0, 400, []) * 10;
        var labels = arange(400, ScalarType.Int64).remainder(2);
        var ring = stack([angle.cos() + labels * 4, angle.sin()], 1);
        var options = new PostprocessorOptions { Network = new() { Width = 64, Layers = 2, FourierFeatures = 0 }, Training = Training, Standardise = standardise };
        return Postprocessor.Fit(Samples(0), new(ring, labels, 2), options, cancellation: Token);
    }

    private static LabeledData Samples(long seed)
    {
        var labels = arange(1000, ScalarType.Int64).remainder(2);
        return new(RandomKey.From(seed, "samples").Normal(0, 1000, [2]) * 2 + labels.unsqueeze(1), labels, 2);
    }

    private static double Distance(Tensor one, Tensor other) => (one - other).norm(1).mean().ToSingle();
}
