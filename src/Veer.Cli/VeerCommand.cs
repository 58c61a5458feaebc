using System.CommandLine;
using System.CommandLine.Help;

namespace Veer.Cli;

/// <summary><c>veer</c>: all commands.</summary>
internal static class VeerCommand
{
    // not a RootCommand: that one calls itself by its assembly's name
    public static Command Create() => new("veer", "Measure what guidance does to diffusion samples, and repair them by postprocessing.")
    {
        StudiesCommand.Create(),
        ListCommand.Create(),
        RunCommand.Create(),
        SampleCommand.Create(),
        EvaluateCommand.Create(),
        NeighborsCommand.Create(),
        PostprocessCommand.Create(),
        ReportCommand.Create(),
        DataCommand.Create(),
        FeaturesCommand.Create(),
        DoctorCommand.Create(),
        new HelpOption { Recursive = true },
        new VersionOption(),
    };
}
