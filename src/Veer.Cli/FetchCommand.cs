using System.CommandLine;
using Veer.Data;

namespace Veer.Cli;

/// <summary>What a fetch command was asked for.</summary>
/// <param name="Parsed">The command line, for options of its own.</param>
/// <param name="Name">What to fetch.</param>
/// <param name="Folder">Where to; null for the usual place.</param>
/// <param name="Mirror">Where from; null for the usual homes.</param>
/// <param name="Progress">Shown to the user.</param>
/// <param name="Cancellation">Stops the download.</param>
internal sealed record FetchRequest(
    ParseResult Parsed, string Name, string? Folder, string? Mirror, IProgress<DownloadProgress> Progress, CancellationToken Cancellation);

/// <summary>A command <c>fetch NAME [--mirror URL] [--out DIR]</c>: something that Veer knows by name from the web, checked.</summary>
internal static class FetchCommand
{
    private const double Mega = 1e6;

    /// <param name="description">What it does.</param>
    /// <param name="names">What it fetches.</param>
    /// <param name="files">What a mirror has: "the files".</param>
    /// <param name="home">Where it puts them by default.</param>
    /// <param name="fetch">Fetches, and says where it has put what.</param>
    public static Command Create(string description, IEnumerable<string> names, string files, string home, Func<FetchRequest, string> fetch)
    {
        var name = new Argument<string>("NAME") { Description = $"One of {string.Join(", ", names)}." };
        var mirror = new Option<string?>("--mirror")
        {
            Description = $"A web folder with {files} (default: ${DataDownload.MirrorVariable}, or where they are published).",
            HelpName = "URL",
        };
        var output = new Option<string?>("--out") { Description = $"The folder to put them into (default: {home}).", HelpName = "DIR" };
        var command = new Command("fetch", description) { name, mirror, output };
        command.SetAction((parsed, cancellation) =>
        {
            string asked = parsed.GetRequiredValue(name), place = "";
            string? folder = parsed.GetValue(output) is { } given ? OutputPath.Folder("--out", given) : null;
            ProgressLine.Show(asked, shown =>
            {
                var progress = new SynchronousProgress<DownloadProgress>(p =>
                    shown.Report((p.Fraction, FormattableString.Invariant($"{p.File}, {p.Bytes / Mega:f1} MB"))));
                place = fetch(new(parsed, asked, folder, parsed.GetValue(mirror), progress, cancellation));
            });
            Console.WriteLine(place);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }
}
