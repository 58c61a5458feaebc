using System.CommandLine;
using Veer.Runtime;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary><c>veer run STUDY</c>: from data to report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var study = new Argument<string>("STUDY") { Description = "A name that 'veer studies' lists, or the path of a study file." };
        var preset = new Option<string>("--preset") { Description = "One of the study's presets.", DefaultValueFactory = _ => StudyFile.DefaultPreset };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a setting: key=value, with dots between nested keys.",
            HelpName = "key=value",
        };
        var output = new Option<string?>("--out") { Description = "The run's folder (default: runs/STUDY-PRESET)." };
        var (seed, device, precision) = (ComputeOptions.Seed(), ComputeOptions.Device(), ComputeOptions.Precision());
        var resume = new Option<bool>("--resume") { Description = "Go on with a run; it is an error if its folder holds none." };
        var check = new Option<bool>("--check") { Description = "Look at the study and its data, say what a run would make, and make nothing." };
        var command = new Command("run", "Run a study, from data to report; what its folder already holds is not made again.")
        {
            study, preset, set, output, seed, device, precision, resume, check,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var resolved = StudyFile.Resolve(parsed.GetRequiredValue(study), parsed.GetRequiredValue(preset), parsed.GetValue(set) ?? []);
            string folder = OutputPath.Folder("--out", parsed.GetValue(output) ?? Path.Combine("runs", $"{resolved.Name}-{resolved.Preset}"));
            if (parsed.GetValue(resume) && !File.Exists(Path.Combine(folder, "study.yaml")))
                throw new InputException(folder, "study.yaml", "no such file", "the folder of a run, since --resume is given");
            NativeLibraries.EnsureLoaded();
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            bool images = resolved.Settings.Data.Kind == "images";
            var (digits, reason) = ComputeDevice.ParsePrecision(parsed.GetRequiredValue(precision), where, images);
            if (reason is not null) Console.WriteLine($"precision {reason}");
            var options = new RunOptions(folder, parsed.GetValue(seed), where, digits);
            RunConsole.Execute(resolved, options, parsed.GetValue(check), cancellation);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
