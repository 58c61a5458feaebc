using System.CommandLine;
using Veer.Studies.Pipeline;
using Veer.Studies.Reporting;

namespace Veer.Cli;

/// <summary><c>veer postprocess fit</c>: a study of given samples, from the files alone.</summary>
internal static class PostprocessFitCommand
{
    public const string Name = "fit";

    public static Command Create()
    {
        var generated = new Option<string[]>("--generated")
        {
            Description = "Samples of the generator, of one set; or SCALE=FILE for each guidance scale that it was sampled at.",
            HelpName = "FILE",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var real = new Option<string>("--real") { Description = "Real samples that they should be like: those that the generator was trained on.", HelpName = "PATH", Required = true };
        var heldOut = new Option<string?>("--held-out") { Description = "Real samples that nothing was trained on (default: the other part of --real, or a share of it).", HelpName = "PATH" };
        var output = new Option<string>("--out") { Description = "The folder of the postprocessor, its study and its report.", HelpName = "DIR", Required = true };
        var oneStep = new Option<bool>("--one-step") { Description = "Teach a second network where the flow leads, in one evaluation: repair takes an eighth of the time of images, a sixteenth of vectors." };
        var reading = new SampleOptions();
        var set = RunCommand.Set();
        var (seed, device, precision) = (ComputeOptions.Seed(), ComputeOptions.Device(), ComputeOptions.Precision());
        var check = new Option<bool>("--check") { Description = "Look at the samples, say what would be made, and make nothing." };
        var command = new Command(Name, "Fit a postprocessor to samples, and measure what it makes of others; what the folder already holds is not made again.")
        {
            generated, real, heldOut, output, oneStep, set, seed, device, precision, check,
        };
        foreach (var option in reading.All) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string folder = OutputPath.RunFolder("--out", parsed.GetRequiredValue(output));
            OutputPath.Apart("--out", folder, [.. parsed.GetRequiredValue(generated).Select(FitStudy.FileOf), parsed.GetRequiredValue(real), parsed.GetValue(heldOut)]);
            var (study, choices) = FitStudy.Create(
                parsed.GetRequiredValue(generated), parsed.GetRequiredValue(real), parsed.GetValue(heldOut), folder, parsed.GetValue(set) ?? [], reading.Reading(parsed), parsed.GetValue(oneStep), cancellation);
            var options = ComputeOptions.For(folder, parsed.GetValue(seed), parsed.GetRequiredValue(device), parsed.GetRequiredValue(precision), study);
            Console.WriteLine("chosen for these samples (--set key=value changes any of it):");
            foreach (string choice in choices) Console.WriteLine($"  {choice}");
            RunConsole.Execute(study, options, parsed.GetValue(check), cancellation);
            if (!parsed.GetValue(check))
                foreach (string line in RunSummary.Lines(folder, cancellation)) Console.WriteLine(line);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
