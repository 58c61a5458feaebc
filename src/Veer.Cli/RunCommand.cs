using System.CommandLine;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary><c>veer run STUDY</c>: from data to report.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create()
    {
        var study = new Argument<string>("STUDY") { Description = "A name that 'veer studies' lists, or the path of a study file." };
        var preset = new Option<string>("--preset") { Description = "One of the study's presets.", DefaultValueFactory = _ => StudyFile.DefaultPreset };
        var set = Set();
        var output = new Option<string?>("--out") { Description = "The run's folder (default: runs/STUDY-PRESET)." };
        var (seed, device, precision) = (ComputeOptions.Seed(), ComputeOptions.Device(), ComputeOptions.Precision());
        var resume = new Option<bool>("--resume") { Description = "Go on with a run; it is an error if its folder holds none." };
        var check = new Option<bool>("--check") { Description = "Look at the study and its data, say what a run would make, and make nothing." };
        var command = new Command(Name, "Run a study, from data to report; what its folder already holds is not made again.")
        {
            study, preset, set, output, seed, device, precision, resume, check,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var resolved = StudyFile.Resolve(parsed.GetRequiredValue(study), parsed.GetRequiredValue(preset), parsed.GetValue(set) ?? []);
            string folder = OutputPath.RunFolder("--out", parsed.GetValue(output) ?? Path.Combine("runs", $"{resolved.Name}-{resolved.Preset}"));
            if (parsed.GetValue(resume) && !File.Exists(Path.Combine(folder, "study.yaml")))
                throw new InputException(folder, "study.yaml", "no such file", "the folder of a run, since --resume is given");
            var options = ComputeOptions.For(folder, parsed.GetValue(seed), parsed.GetRequiredValue(device), parsed.GetRequiredValue(precision), resolved);
            RunConsole.Execute(resolved, options, parsed.GetValue(check), cancellation);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    /// <summary>Changes of a study's settings.</summary>
    public static Option<string[]> Set() => new("--set") { Description = "Change a setting: key=value, with dots between nested keys.", HelpName = "key=value" };
}
