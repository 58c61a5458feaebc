using System.CommandLine;
using Veer.Features;

namespace Veer.Cli;

/// <summary><c>veer features fetch NAME</c>: the model of a feature space from the web, checked.</summary>
internal static class FeaturesFetchCommand
{
    public static Command Create()
    {
        var sha256 = new Option<string?>("--sha256")
        {
            Description = "The SHA-256 that the model must have; needed where Veer knows none (without it the command says which one came, and keeps nothing).",
            HelpName = "HEX",
        };
        var command = FetchCommand.Create(
            "Download the model of a feature space; files that are there already are only checked.", ExtractorDownload.Names, "the models",
            $"$VEER_DATA/{ExtractorModel.Folder} or data/{ExtractorModel.Folder}",
            asked => ExtractorDownload.Fetch(asked.Name, asked.Folder, asked.Mirror, asked.Parsed.GetValue(sha256), asked.Progress, asked.Cancellation));
        command.Add(sha256);
        return command;
    }
}
