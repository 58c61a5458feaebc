using System.CommandLine;

namespace Veer.Cli;

/// <summary><c>veer postprocess</c>: repair the samples of any generator.</summary>
internal static class PostprocessCommand
{
    public static Command Create() => new("postprocess", "Repair the samples of any generator.")
    {
        PostprocessExportCommand.Create(),
    };
}
