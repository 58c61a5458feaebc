using System.CommandLine;
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
            Console.WriteLine(Report.Build(parsed.GetRequiredValue(folder), cancellation));
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
