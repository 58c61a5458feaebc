using Veer.Data;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Solvers;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>
/// The postprocessing flow of arXiv 2503.10638 (Eq. 11 and 12): a rectified flow trained from a generator's samples to their nearest
/// real neighbours, or to real points they are paired with in another way (<see cref="Pairings"/>). It never sees how the samples were made; a
/// sample that is good already has a near neighbour, and hardly moves.
/// </summary>
/// <remarks>
/// It owns its network: dispose of it. Until then <see cref="Velocity"/> and Apply are safe on several threads at once; trainings take all
/// processor cores, one at a time.
/// </remarks>
public sealed class Postprocessor : IVelocityField, IDisposable
{
    /// <summary>What configurations call a postprocessor.</summary>
    internal const string Kind = "postprocessor";

    internal const int DefaultSteps = 4;

    private readonly long[] shape;
    private readonly NetworkVelocity flow;

    internal Postprocessor(ConditionalNetwork network, ModelConfig config)
    {
        (Network, Config, shape, flow) = (network, config, config.PointShape(), new(network));
        if (config.Scales is { } scales) Scales = new(scales, config.PointClasses);
    }

    /// <summary>Number of classes C: labels run from 0 to C - 1. 1: it needs no labels. Where it is told <see cref="Scales"/> the number of their labels.</summary>
    public int Classes => Config.Classes;

    /// <summary>How labels tell it the guidance scale of a sample (<see cref="ScaleLabels.At"/>); null: it is not told.</summary>
    public ScaleLabels? Scales { get; }

    /// <summary>Names of the classes, in the order of their labels; null: they have none.</summary>
    public IReadOnlyList<string>? ClassNames => Config.ClassNames;

    /// <summary>The unit that its network sees vectors in; null: their own.</summary>
    public Standardisation? Standardisation => Config.Standardisation;

    /// <summary>The shape of a sample: [D], or [C, H, W] of an image.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>Whether it takes one step of Euler, whatever solver it is applied with: it has learned nothing else (<see cref="Reflow"/>).</summary>
    public bool TakesOneStep => Config.OneStep == true;

    internal ConditionalNetwork Network { get; }

    internal ModelConfig Config { get; }

    /// <summary>The solver of Apply: the one that is given, or the usual one; one step where that is all it knows.</summary>
    internal IOdeSolver SolverFor(IOdeSolver? given) => TakesOneStep ? new Euler(1) : given ?? (shape.Length == 3 ? new Heun(DefaultSteps) : new Euler(DefaultSteps));

    /// <summary>Samples in the unit that its network sees.</summary>
    internal Tensor InItsUnit(Tensor samples) => Standardisation?.Apply(samples) ?? samples;

    /// <summary>Trains a postprocessor of samples without classes, of any floating type.</summary>
    /// <inheritdoc cref="Fit(LabeledData, LabeledData, PostprocessorOptions, PostprocessorRun?, CancellationToken)"/>
    public static Postprocessor Fit(
        Tensor samples, Tensor real, PostprocessorOptions options, PostprocessorRun? run = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        return Fit(LabeledData.OfOneClass(samples), LabeledData.OfOneClass(real), options, run, cancellation);
    }

    /// <summary>Trains a postprocessor; with a folder, goes on with one that was stopped, and saves it.</summary>
    /// <param name="samples">The generator's samples, [N, D] or [N, C, H, W] float32, and their classes; they stay the caller's.</param>
    /// <param name="real">Real points of the same space and classes.</param>
    /// <param name="options">Pairing, network and training.</param>
    /// <param name="run">Seed, folder, device and the like; in memory, if not given.</param>
    /// <param name="cancellation">Stops after a checkpoint, where there is a folder; while samples are paired, at once.</param>
    /// <returns>The postprocessor, on the device it was trained on. It belongs to the caller, whatever dispose scope is open: dispose of it.</returns>
    /// <exception cref="InputException">
    /// The two sets are of other shapes; a class has fewer than k real points, or none where no neighbours are asked for; the network does not
    /// fit the points; names of classes are not one for each; or <see cref="PostprocessorRun.Start"/> is no rectified flow, or one of another shape or of other classes.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    public static Postprocessor Fit(
        LabeledData samples, LabeledData real, PostprocessorOptions options, PostprocessorRun? run = null, CancellationToken cancellation = default) =>
        PostprocessorTraining.Run(samples, real, options, run ?? new(), cancellation);

    /// <summary>Loads a postprocessor that a training left. It belongs to the caller, whatever dispose scope is open: dispose of it.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">Compute dtype of a UNet.</param>
    /// <exception cref="InputException">The folder holds no postprocessor, or a broken one.</exception>
    public static Postprocessor Load(string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var (network, config) = ModelFolder.Load(folder, device, precision);
        return network.OrDispose(network =>
        {
            if (config.Kind != Kind) throw new InputException(folder, "kind", $"'{config.Kind}'", $"'{Kind}'");
            config.Standardisation?.Check(folder, config.PointShape() is [long dimensions] ? dimensions : 0);
            return new Postprocessor(network, config);
        });
    }

    /// <summary>Saves it, with all that is known of its training.</summary>
    /// <param name="folder">Where <c>model.safetensors</c> and <c>config.json</c> go; made if missing.</param>
    /// <exception cref="ArgumentException">Its network is of no registered kind (<see cref="NetworkKinds"/>).</exception>
    public void Save(string folder)
    {
        // a network that cannot be saved leaves what is there as it is
        if (Config.Network is { } shape) NetworkKinds.FieldOf(shape);
        RepairFile.Delete(folder);
        ModelFolder.Save(folder, Network, Config);
    }

    /// <inheritdoc/>
    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        if (Standardisation is not { } unit) return flow.Velocity(x, t, label);
        using var scope = NewDisposeScope();
        return unit.InvertVelocity(flow.Velocity(unit.Apply(x), t, label)).MoveToOuterDisposeScope();
    }

    /// <summary>Carries samples without classes along the flow.</summary>
    /// <inheritdoc cref="Apply(Tensor, Tensor, IOdeSolver?, double, CancellationToken)"/>
    /// <exception cref="InputException">It was trained on several classes, or not on such samples.</exception>
    public (Tensor Samples, int Evaluations) Apply(Tensor samples, IOdeSolver? solver = null, double strength = 1, CancellationToken cancellation = default)
    {
        if (Classes > 1) throw Fault("labels", "none", $"one of {Classes} for each sample");
        using var labels = zeros(samples.shape[0], ScalarType.Int64, samples.device);
        return Apply(samples, labels, solver, strength, cancellation);
    }

    /// <summary>Carries samples along the flow.</summary>
    /// <param name="samples">[N, D] or [N, C, H, W], on its device.</param>
    /// <param name="labels">[N] int64, each 0 to C - 1, or [N, C] floating weights of the classes, on the device of the samples.</param>
    /// <param name="solver">
    /// The ODE solver; its steps are those from t = 0 to 1. If not given 4 steps, of Euler for vectors, whose paths are short and nearly straight, so that more evaluations bring
    /// little, and of Heun for images, whose fine detail Euler blurs (docs/results). Dopri5 follows paths to its tolerance. One that <see cref="TakesOneStep"/> takes that.
    /// </param>
    /// <param name="strength">0 leaves the samples; the flow is followed from t = 0 to t = strength, at 1 to its end.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>
    /// The samples moved, new tensors in the caller's dispose scope, of the type and on the device of the samples, and the number of function evaluations (NFE) that one batch
    /// took at most.
    /// </returns>
    /// <exception cref="InputException">The samples or labels are not such as it was trained on, or not on its device.</exception>
    /// <exception cref="SolverStoppedException">The solver did not reach the end.</exception>
    public (Tensor Samples, int Evaluations) Apply(
        Tensor samples, Tensor labels, IOdeSolver? solver = null, double strength = 1, CancellationToken cancellation = default)
    {
        var (moved, evaluations) = Apply(samples, labels, [strength], solver, cancellation);
        return (moved[0], evaluations);
    }

    /// <summary>Carries samples along the flow and keeps what they are at several strengths: one integration, whatever the number of strengths.</summary>
    /// <param name="samples">[N, D] or [N, C, H, W], on its device.</param>
    /// <param name="labels">[N] int64, each 0 to C - 1, or [N, C] floating weights of the classes, on the device of the samples.</param>
    /// <param name="strengths">Strictly rising, each 0 to 1.</param>
    /// <param name="solver">As for one strength, which gives the same at each.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>For each strength as for one, and the number of function evaluations (NFE) that one batch took at most.</returns>
    /// <exception cref="InputException">The samples or labels are not such as it was trained on, or not on its device.</exception>
    /// <exception cref="SolverStoppedException">The solver did not reach the end.</exception>
    public (IReadOnlyList<Tensor> Samples, int Evaluations) Apply(
        Tensor samples, Tensor labels, IReadOnlyList<double> strengths, IOdeSolver? solver = null, CancellationToken cancellation = default)
    {
        foreach (double strength in strengths)
            if (strength is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(strengths), strength, "expected 0 to 1");
        if (strengths.Zip(strengths.Skip(1)).Any(pair => pair.First >= pair.Second)) throw new ArgumentException("expected strictly rising ones", nameof(strengths));
        Check(samples, labels);
        using var scope = NewDisposeScope();
        var (moved, evaluations) = Follow(samples, labels, [.. strengths.Where(strength => strength > 0)], solver, cancellation);
        if (moved.Count < strengths.Count) moved = [.. strengths.Where(strength => strength == 0).Select(_ => samples.clone()), .. moved];
        return ([.. moved.Select(states => states.MoveToOuterDisposeScope())], evaluations);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => Network.Dispose();

    private (List<Tensor> Samples, int Evaluations) Follow(
        Tensor samples, Tensor labels, double[] strengths, IOdeSolver? solver, CancellationToken cancellation)
    {
        if (samples.shape[0] == 0 || strengths.Length == 0) return ([.. strengths.Select(_ => samples.clone())], 0);
        solver = SolverFor(solver);
        int evaluations = 0;
        int batch = Batches.SizeFor(samples.shape[1..], samples.device);
        var moved = strengths.Select(_ => new List<Tensor>()).ToList();
        for (long first = 0; first < samples.shape[0]; first += batch)
        {
            using var step = NewDisposeScope();
            long count = Math.Min(batch, samples.shape[0] - first);
            var from = InItsUnit(samples.narrow(0, first, count));
            var result = solver.SolvePart(flow, from, labels.narrow(0, first, count), [0, .. strengths], end: 1, cancellation);
            if (result.Outcome != OdeOutcome.Done) throw new SolverStoppedException("the flow", result, strengths[^1]);
            evaluations = Math.Max(evaluations, result.Evaluations);
            // copies: a part of all states would keep the whole
            foreach (var (states, state) in moved.Zip(result.States!.unbind().Skip(1))) states.Add((Standardisation?.Invert(state) ?? state.clone()).to(samples.dtype).MoveToOuterDisposeScope());
        }
        return ([.. moved.Select(states => cat(states))], evaluations);
    }

    private void Check(Tensor samples, Tensor labels)
    {
        if (shape.Length > 0 && (samples.dim() != shape.Length + 1 || !samples.shape.AsSpan(1).SequenceEqual(shape)))
            throw Fault("samples", $"[{string.Join(", ", samples.shape)}]", $"[N, {string.Join(", ", shape)}]");
        if (!samples.is_floating_point()) throw Fault("samples", $"{samples.dtype}", "Float32 or another floating type");
        bool weights = labels.dim() == 2 && labels.is_floating_point() && labels.shape[1] == Classes;
        if (labels.dim() == 0 || labels.shape[0] != samples.shape[0] || !(weights || (labels.dim() == 1 && labels.dtype == ScalarType.Int64)))
            throw Fault("labels", $"[{string.Join(", ", labels.shape)}] {labels.dtype}", $"[{samples.shape[0]}] Int64, or weights [{samples.shape[0]}, {Classes}]");
        string device = Network.parameters().First().device.ToString();
        foreach (var (name, tensor) in (IEnumerable<(string, Tensor)>)[("samples", samples), ("labels", labels)])
            if (tensor.device.ToString() != device) throw Fault(name, $"on {tensor.device}", $"on {device}, where the postprocessor is");
        if (!weights) ByClass.RequireRange(labels, Classes, Kind, "labels");
    }

    internal static InputException Fault(string field, string found, string expected) => new(Kind, field, found, expected);
}
