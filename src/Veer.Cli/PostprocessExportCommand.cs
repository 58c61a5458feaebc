using System.CommandLine;
using Veer.Onnx;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Studies.Runs;

namespace Veer.Cli;

/// <summary><c>veer postprocess export</c>: a postprocessor as an ONNX file.</summary>
internal static class PostprocessExportCommand
{
    private const int MostSteps = 256;

    public static Command Create()
    {
        var (model, strength, scale) = (FittedOptions.Model(), FittedOptions.Strength(), FittedOptions.Scale());
        var output = new Option<string>("--out") { Description = "The ONNX file to write.", HelpName = "FILE.onnx", Required = true };
        var solver = new Option<string?>("--solver")
        {
            Description = $"The solver whose steps are written out: {Euler.Kind.Name} or {Heun.Kind.Name} (default: that of the run).",
            HelpName = "NAME",
        };
        solver.AcceptOneOf(Euler.Kind.Name, Heun.Kind.Name);
        var steps = NumberOption.WholeOrNone("--steps", "Steps of the solver from strength 0 to 1 (default: those of the run).", 1, MostSteps);
        var velocity = new Option<bool>("--velocity") { Description = "Write the velocity v(x, t) alone, for a solver of your own." };
        var command = new Command("export", "Write a postprocessor to an ONNX file, for browsers and other programs.") { model, output, strength, scale, solver, steps, velocity };
        command.SetAction((parsed, cancellation) =>
        {
            string target = OutputPath.File("--out", parsed.GetRequiredValue(output), ".onnx");
            bool alone = parsed.GetValue(velocity);
            // what is given and not asked for is a mistake
            foreach (var option in (Option[])[strength, solver, steps])
                if (alone && parsed.GetResult(option) is { Implicit: false } given) throw Fault(option.Name, given.Tokens[0].Value, "nothing: with --velocity no steps are written");
            var fitted = FittedPostprocessor.Find(parsed.GetRequiredValue(model), cancellation);
            using var postprocessor = Postprocessor.Load(fitted.Folder);
            if (parsed.GetValue(scale) is { } guided)
            {
                FittedOptions.ScaleFor(fitted, guided);
                if (alone && fitted.Scales is null) throw Fault(scale.Name, FormattableString.Invariant($"{guided}"), "nothing: with --velocity no strength is chosen, and the model is told no scale");
            }
            double? told = fitted.Scales is null ? null : parsed.GetValue(scale);
            var options = alone ? new OnnxExportOptions { Velocity = true, Scale = told } : new()
            {
                Scale = told,
                Strength = FittedOptions.StrengthFor(fitted, parsed.GetValue(strength), parsed.GetValue(scale)),
                Solver = FixedSteps(FittedOptions.SolverFor(fitted, parsed.GetValue(solver), parsed.GetValue(steps), images: postprocessor.Shape.Count == 3)),
            };
            var difference = OnnxExport.Write(postprocessor, target, options);
            Console.WriteLine(target);
            Console.WriteLine(FormattableString.Invariant(
                $"ONNX Runtime's answer differs from Veer's own by at most {difference.Absolute:g2} ({difference.Relative:g2} of the largest number)"));
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    private static FixedStepSolver FixedSteps((SolverKind Kind, int Steps) way) => way.Steps <= MostSteps && way.Kind.Make(way.Steps) is FixedStepSolver solver
        ? solver : throw Fault("--solver", $"{way.Steps} steps of {way.Kind.Name}", $"up to {MostSteps} steps of {Euler.Kind.Name} or {Heun.Kind.Name}, which can be written out");

    private static InputException Fault(string option, string found, string expected) => CommandRunner.CommandLineFault(option, found, expected);
}
