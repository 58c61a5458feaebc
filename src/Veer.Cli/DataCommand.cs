using System.CommandLine;

namespace Veer.Cli;

/// <summary><c>veer data</c>: images that studies are trained on and measured against.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "Look at images, and download the data sets that Veer knows by name.")
    {
        DataInfoCommand.Create(),
        DataFetchCommand.Create(),
    };
}
