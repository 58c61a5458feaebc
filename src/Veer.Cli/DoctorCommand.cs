using System.CommandLine;
using Spectre.Console;

namespace Veer.Cli;

/// <summary><c>veer doctor</c>: what works here, what is missing, how to fix it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Examine this machine: native libraries, processor, CUDA, MNIST; what is missing and how to fix it.");
        command.SetAction(_ =>
        {
            // told one by one: a foreign libtorch may end the process in the last check
            var findings = Doctor.Examine(found: Show);
            return findings.Any(finding => finding.Status == DoctorStatus.Missing) ? CommandRunner.Failed : CommandRunner.Done;
        });
        return command;
    }

    private static void Show(DoctorFinding finding)
    {
        string mark = finding.Status switch
        {
            DoctorStatus.Ok => "[green]ok     [/]",
            DoctorStatus.Warning => "[yellow]warning[/]",
            _ => "[red]missing[/]",
        };
        AnsiConsole.MarkupLine($"{mark} [bold]{Markup.Escape(finding.Name)}[/]: {Markup.Escape(finding.Found)}");
        if (!string.IsNullOrEmpty(finding.Remedy)) AnsiConsole.MarkupLine($"        {Markup.Escape(finding.Remedy)}");
    }
}
