using System.CommandLine;
using Veer.Data;

namespace Veer.Cli;

/// <summary><c>veer data fetch NAME</c>: a known data set from the web, checked.</summary>
internal static class DataFetchCommand
{
    private const double Mega = 1e6;

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = $"One of {string.Join(", ", DataFolders.Names)}." };
        var mirror = new Option<string?>("--mirror")
        {
            Description = $"A web folder with the files (default: ${DataDownload.MirrorVariable}, or where they are published).",
            HelpName = "URL",
        };
        var output = new Option<string?>("--out") { Description = "The folder to put them into (default: $VEER_DATA/NAME or data/NAME).", HelpName = "DIR" };
        var command = new Command("fetch", "Download a data set; what is there already is only checked.") { name, mirror, output };
        command.SetAction((parsed, cancellation) =>
        {
            string set = parsed.GetRequiredValue(name), folder = "";
            ProgressLine.Show(set, shown =>
            {
                var progress = new SynchronousProgress<DownloadProgress>(p =>
                    shown.Report((p.Fraction, FormattableString.Invariant($"{p.File}, {p.Bytes / Mega:f1} MB"))));
                folder = DataDownload.Fetch(set, parsed.GetValue(output) is { } given ? OutputPath.Folder("--out", given) : null, parsed.GetValue(mirror), progress, cancellation);
            });
            Console.WriteLine(folder);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
