using Veer.Data;
using Veer.Runtime;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>
/// A postprocessor fitted to the samples of any generator with nothing to be known beforehand: points are held out, a recipe chooses how to train, the
/// training ends where it no longer helps, and the flow is followed as far as helps beyond doubt. It owns the postprocessor: dispose of it.
/// </summary>
public sealed class Repair : IDisposable
{
    private Repair(Postprocessor flow, FitRecipe recipe, StrengthCurve curve, MemorizationCheck memorization, IReadOnlyList<string> notes) =>
        (Flow, Recipe, Curve, Memorization, Notes) = (flow, recipe, curve, memorization, notes);

    /// <summary>The postprocessor.</summary>
    public Postprocessor Flow { get; }

    /// <summary>How it was trained, and why so.</summary>
    public FitRecipe Recipe { get; }

    /// <summary>The distance of held-out samples at each strength.</summary>
    public StrengthCurve Curve { get; }

    /// <summary>How far to follow the flow; 0 where that does not help beyond doubt: then the samples stay as they are.</summary>
    public double Strength => Curve.Chosen.Strength;

    /// <summary>Whether the flow gives training points back, at the strength that was chosen.</summary>
    public MemorizationCheck Memorization { get; }

    /// <summary>What a user should know, a line each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Fits a postprocessor to samples without classes, of any floating type.</summary>
    /// <inheritdoc cref="Fit(LabeledData, LabeledData, RepairRun?, CancellationToken)"/>
    public static Repair Fit(Tensor samples, Tensor real, RepairRun? run = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        return Fit(LabeledData.OfOneClass(samples), LabeledData.OfOneClass(real), run, cancellation);
    }

    /// <summary>Fits a postprocessor to samples.</summary>
    /// <param name="samples">The generator's samples, [N, D] or [N, C, H, W] float32, and their classes, at least 100; they stay the caller's.</param>
    /// <param name="real">Real points of the same space, at least 100. Classes are not used where the samples have more, or one where these have several.</param>
    /// <param name="run">Seed, folder, device and the like; in memory, if not given.</param>
    /// <param name="cancellation">As of <see cref="Postprocessor.Fit(LabeledData, LabeledData, PostprocessorOptions, PostprocessorRun?, CancellationToken)"/>.</param>
    /// <returns>It belongs to the caller, whatever dispose scope is open: dispose of it.</returns>
    /// <exception cref="InputException">There are too few points, or they are of other shapes.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    public static Repair Fit(LabeledData samples, LabeledData real, RepairRun? run = null, CancellationToken cancellation = default)
    {
        run ??= new();
        using var scope = NewDisposeScope();
        List<string> notes = [];
        (samples, real) = (samples.Checked("samples"), real.Checked("real"));
        if (samples.Classes > 1 && samples.Classes < real.Classes) samples = samples with { Classes = real.Classes };
        if (samples.Classes != real.Classes)
        {
            notes.Add($"classes are not used: the samples have {samples.Classes}, the real points {real.Classes}");
            (samples, real, run) = (samples.OfOneClass(), real.OfOneClass(), run with { ClassNames = null });
        }
        if (run.Device is { } device) (samples, real) = (samples.To(device), real.To(device));
        var split = RepairSplit.Create(samples, real, run.Seed);
        var recipe = run.Recipe ?? FitRecipe.For(split.Samples, split.Real);
        var flow = Postprocessor.Fit(split.Samples, split.Real, recipe.Options, Training(run, split.Stopping), cancellation);
        return flow.OrDispose(flow =>
        {
            var solver = recipe.CreateSolver();
            var curve = StrengthCurve.Measure(flow, split.Strength, run.Strengths, run.Space, solver, cancellation: cancellation);
            if (curve.Chosen.Strength == 0) notes.Add("the samples stay as they are: no strength brings held-out ones nearer beyond doubt");
            var memorization = MemorizationCheck.Measure(flow, split.Strength, curve.Chosen.Strength, solver, split.Real.Points, run.Space, cancellation);
            if (curve.Chosen.Strength > 0 && memorization.Memorizes) notes.Add(memorization.Line);
            var repair = new Repair(flow, recipe, curve, memorization, notes);
            if (run.Folder is { } folder)
            {
                repair.File.Write(folder);
                Checkpoint.Delete(folder);
            }
            return repair;
        });
    }

    /// <summary>Loads what <see cref="Save"/> left. It belongs to the caller, whatever dispose scope is open: dispose of it.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c>, <c>config.json</c> and <c>repair.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">Compute dtype of a UNet.</param>
    /// <exception cref="InputException">The folder holds no repair, or a broken one.</exception>
    public static Repair Load(string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var file = RepairFile.Read(folder);
        return Postprocessor.Load(folder, device, precision).OrDispose(flow => new Repair(flow, file.Recipe, file.Curve, file.Memorization, file.Notes));
    }

    /// <summary>Saves the postprocessor, how it is applied, and what is known of it; <c>veer postprocess apply</c> and <c>export</c> take the folder, too.</summary>
    /// <param name="folder">Where <c>model.safetensors</c>, <c>config.json</c> and <c>repair.json</c> go; made if missing.</param>
    /// <exception cref="ArgumentException">Its network is of no registered kind (<see cref="Models.NetworkKinds"/>).</exception>
    public void Save(string folder)
    {
        Flow.Save(folder);
        File.Write(folder);
    }

    /// <summary>Repairs samples without classes.</summary>
    /// <param name="samples">[N, D] or [N, C, H, W], on the postprocessor's device.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>New tensors of the caller's dispose scope.</returns>
    public Tensor Apply(Tensor samples, CancellationToken cancellation = default) =>
        Flow.Apply(samples, Recipe.CreateSolver(), Strength, cancellation).Samples;

    /// <summary>Repairs samples of classes, which are not told where the fit did not use them.</summary>
    /// <inheritdoc cref="Apply(Tensor, CancellationToken)"/>
    public LabeledData Apply(LabeledData samples, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var told = Flow.Classes == 1 ? zeros_like(samples.Labels) : samples.Labels;
        return samples with { Points = Flow.Apply(samples.Points, told, Recipe.CreateSolver(), Strength, cancellation).Samples.MoveToOuterDisposeScope() };
    }

    private RepairFile File => new(Recipe, Curve.Points, Memorization, Notes);

    /// <summary>Frees the postprocessor.</summary>
    public void Dispose() => Flow.Dispose();

    private static PostprocessorRun Training(RepairRun run, HeldOut stopping) => new()
    {
        Seed = run.Seed,
        Folder = run.Folder,
        KeepsCheckpoint = true,
        ClassNames = run.ClassNames,
        Precision = run.Precision,
        Network = run.Network,
        Progress = run.Progress,
        Warn = run.Warn,
        PairingProgress = run.PairingProgress,
        Space = run.Space,
        HeldOut = stopping,
    };
}
