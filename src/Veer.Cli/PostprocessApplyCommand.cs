using System.CommandLine;
using System.Diagnostics;
using Veer.Data;
using Veer.Postprocessing;
using Veer.Runtime;
using Veer.Solvers;
using Veer.Studies.Runs;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary><c>veer postprocess apply</c>: repairs samples, in the format that they came in.</summary>
internal static class PostprocessApplyCommand
{
    private const int MostSteps = 10_000;

    public static Command Create()
    {
        var (model, strength, scale) = (FittedOptions.Model(), FittedOptions.Strength(), FittedOptions.Scale());
        var input = new Option<string>("--input") { Description = "The samples to repair.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--out") { Description = "Where to write them: as they came, in their order and with their labels.", HelpName = "FILE", Required = true };
        var reading = new SampleOptions();
        var solver = new Option<string?>("--solver") { Description = $"The solver: one of {string.Join(", ", SolverKind.All.Names)} (default: that of the run).", HelpName = "NAME" };
        solver.AcceptOneOf([.. SolverKind.All.Names]);
        var steps = NumberOption.WholeOrNone("--steps", "Steps of a solver of fixed steps (default: those of the run).", 1, MostSteps);
        var (device, precision) = (ComputeOptions.Device(), ComputeOptions.Precision());
        var command = new Command("apply", "Repair samples with a postprocessor.") { model, input, output, strength, scale, solver, steps, device, precision };
        foreach (var option in reading.All) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string target = parsed.GetRequiredValue(output);
            target = Path.HasExtension(target) || File.Exists(target) ? OutputPath.File("--out", target) : OutputPath.Folder("--out", target);
            OutputPath.Apart("--out", target, parsed.GetRequiredValue(input));
            var fitted = FittedPostprocessor.Find(parsed.GetRequiredValue(model), cancellation);
            double? guided = FittedOptions.ScaleFor(fitted, parsed.GetValue(scale));
            double far = FittedOptions.StrengthFor(fitted, parsed.GetValue(strength), guided);
            NativeLibraries.EnsureLoaded();
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            using var scope = NewDisposeScope();
            Samples? read = null;
            ProgressLine.Show("reading", shown => read = reading.Read(parsed.GetRequiredValue(input), parsed, shown, cancellation));
            var samples = read!;
            samples.CheckTarget(target);
            // by their names, so that what is written has the model's labels too
            if (fitted.Config is { ClassNames: { Count: > 1 } names }) samples = ClassesLook.Among(samples, names);
            var way = FittedOptions.SolverFor(fitted, parsed.GetValue(solver), parsed.GetValue(steps), samples.IsImages);
            var (digits, reason) = ComputeDevice.ParsePrecision(parsed.GetRequiredValue(precision), where, samples.IsImages && !way.Kind.Adaptive);
            using var postprocessor = Postprocessor.Load(fitted.Folder, where, digits);
            var labels = Labels(samples, postprocessor);
            if (postprocessor.Scales is { } told) labels = told.At(labels, guided!.Value);
            if (postprocessor.Standardisation is { } unit && SamePlace.Differ(samples.Data.Points, unit.Center, unit.Scale) is { } odd)
                CommandRunner.Say($"{samples.Path}: points: found {odd.Found}, expected numbers like those that the model was fitted to, {odd.Expected}");
            string took = way.Kind.Adaptive ? way.Kind.Name : $"{way.Kind.Name}, {way.Steps} {(way.Steps == 1 ? "step" : "steps")}";
            SampleOptions.Tell(samples);
            if (fitted.Scales is { } known && Math.Clamp(guided!.Value, known[0], known[^1]) is var nearest && nearest != guided)
                CommandRunner.Say(FormattableString.Invariant($"--scale: {guided} lies beyond those that the model was fitted at: it is told the nearest, {nearest}"));
            // standard output is for the file's name alone
            if (reason is not null) Console.Error.WriteLine($"precision {reason}");
            Console.Error.WriteLine(FormattableString.Invariant($"strength {far}, {took}{(parsed.GetValue(strength) is not null && fitted.StrengthAt(guided) is not null ? $"; the run recommends {fitted.Recommendation}" : "")}"));
            if (far > 0 || !samples.WriteAsIs(target)) samples.Write(target, Repair(postprocessor, samples.Data.Points, labels, way.Kind.Make(way.Steps), far, where, cancellation));
            Console.WriteLine(target);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    /// <summary>The labels that the model asks for.</summary>
    private static Tensor Labels(Samples samples, Postprocessor postprocessor)
    {
        var data = samples.Data;
        if (!postprocessor.Shape.SequenceEqual(data.Points.shape[1..]))
            throw Fault("samples", $"[{string.Join(", ", data.Points.shape)}]", $"[N, {string.Join(", ", postprocessor.Shape)}], as the model was fitted to");
        int classes = postprocessor.Config.PointClasses;
        if (classes == 1) return zeros_like(data.Labels);
        if (!samples.Labelled) throw Fault("labels", "none", $"one of {classes} classes for each sample: the model was fitted class by class");
        var labels = data.Labels;
        if (postprocessor.ClassNames is null && samples.ClassNames is { } names && names.Count != classes && !ClassesLook.AreLabels(names))
            throw Fault("classes", string.Join(", ", names), $"the {classes} that the model was fitted to: labels are numbered by them");
        long last = labels.max().item<long>();
        return last < classes ? labels : throw Fault("labels", $"label {last}", $"0 to {classes - 1}, the classes of the model");

        InputException Fault(string field, string found, string expected) => new(samples.Path, field, found, expected);
    }

    private static Tensor Repair(
        Postprocessor postprocessor, Tensor points, Tensor labels, IOdeSolver solver, double strength, Device device, CancellationToken cancellation)
    {
        var repaired = empty_like(points);
        long total = points.shape[0];
        int batch = Batches.SizeFor(points.shape[1..], device);
        ProgressLine.Show("repairing", shown =>
        {
            var watch = Stopwatch.StartNew();
            for (long first = 0; first < total; first += batch)
            {
                using var step = NewDisposeScope();
                long count = Math.Min(batch, total - first);
                var (moved, _) = postprocessor.Apply(points.narrow(0, first, count).to(device), labels.narrow(0, first, count).to(device), solver, strength, cancellation);
                repaired.narrow(0, first, count).copy_(moved);
                double done = first + count;
                shown.Report((done / total, FormattableString.Invariant($"{done:f0} of {total} samples, {done / watch.Elapsed.TotalSeconds:f0}/s")));
            }
        });
        return repaired;
    }
}
