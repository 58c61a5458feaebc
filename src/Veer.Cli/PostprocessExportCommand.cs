using System.CommandLine;
using Veer.Onnx;
using Veer.Postprocessing;
using Veer.Solvers;

namespace Veer.Cli;

/// <summary><c>veer postprocess export</c>: a postprocessor as an ONNX file.</summary>
internal static class PostprocessExportCommand
{
    private const int MostSteps = 256;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The folder of a postprocessor.", HelpName = "DIR", Required = true };
        var output = new Option<string>("--out") { Description = "The ONNX file to write.", HelpName = "FILE.onnx", Required = true };
        var strength = NumberOption.Real("--strength", "How far along the flow samples are carried.", 0, 1, usual: 1);
        var solver = new Option<string?>("--solver")
        {
            Description = $"The solver whose steps are written out: {Euler.Kind.Name} or {Heun.Kind.Name} (default: {Euler.Kind.Name} of vectors, {Heun.Kind.Name} of images).",
            HelpName = "NAME",
        };
        solver.AcceptOnlyFromAmong(Euler.Kind.Name, Heun.Kind.Name);
        var steps = NumberOption.Whole("--steps", "Steps of the solver from strength 0 to 1.", 1, MostSteps, Postprocessor.DefaultSteps);
        var velocity = new Option<bool>("--velocity") { Description = "Write the velocity v(x, t) alone, for a solver of your own." };
        var command = new Command("export", "Write a postprocessor to an ONNX file, for browsers and other programs.") { model, output, strength, solver, steps, velocity };
        command.SetAction((parsed, _) =>
        {
            string target = OutputPath.File("--out", parsed.GetRequiredValue(output));
            if (!target.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) throw CommandRunner.CommandLineFault("--out", target, "a name that ends in .onnx");
            bool alone = parsed.GetValue(velocity);
            // what is given and not asked for is a mistake
            foreach (var option in (Option[])[strength, solver, steps])
                if (alone && parsed.GetResult(option) is { Implicit: false } given)
                    throw CommandRunner.CommandLineFault(option.Name, given.Tokens[0].Value, "nothing: with --velocity no steps are written");
            using var postprocessor = Postprocessor.Load(parsed.GetRequiredValue(model));
            int taken = (int)parsed.GetValue(steps);
            var by = parsed.GetValue(solver) switch
            {
                null => Postprocessor.UsualSolver(postprocessor.SampleShape.Count == 3, taken),
                var name => (FixedStepSolver)SolverKind.All.Named(name).Make(taken),
            };
            var difference = OnnxExport.Write(postprocessor, target, new() { Strength = parsed.GetValue(strength), Solver = by, Velocity = alone });
            Console.WriteLine(target);
            Console.WriteLine(FormattableString.Invariant(
                $"ONNX Runtime's answer differs from Veer's own by at most {difference.Absolute:g2} ({difference.Relative:g2} of the largest number)"));
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
