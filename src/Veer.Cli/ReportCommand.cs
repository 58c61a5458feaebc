using System.CommandLine;
using Veer.Studies.Pipeline;
using Veer.Studies.Reporting;

namespace Veer.Cli;

/// <summary><c>veer report DIR</c>: the report again, from what a run left.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A run's folder." };
        var command = new Command("report", "Rebuild the report from what a run left.") { folder };
        command.SetAction((parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(folder);
            // what is no run's folder is left without a lock
            using var held = File.Exists(Path.Combine(path, "study.yaml")) ? RunLock.Take(path) : null;
            Console.WriteLine(Report.Build(path, cancellation));
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
