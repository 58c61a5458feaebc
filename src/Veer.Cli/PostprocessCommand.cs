using System.CommandLine;

namespace Veer.Cli;

/// <summary><c>veer postprocess</c>: repairs the samples of any generator.</summary>
internal static class PostprocessCommand
{
    public static Command Create() => new("postprocess", "Repair the samples of any generator: fit a postprocessor to them and to real samples, apply it to more of them, export it for other programs.")
    {
        PostprocessFitCommand.Create(),
        PostprocessApplyCommand.Create(),
        PostprocessExportCommand.Create(),
    };
}
