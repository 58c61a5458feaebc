using System.CommandLine;
using Veer.Data;

namespace Veer.Cli;

/// <summary><c>veer data fetch NAME</c>: a known data set from the web, checked.</summary>
internal static class DataFetchCommand
{
    public static Command Create() => FetchCommand.Create(
        "Download a data set; files that are there already are only checked.", DataFolders.Names, "the files", "$VEER_DATA/NAME or data/NAME",
        asked => DataDownload.Fetch(asked.Name, asked.Folder, asked.Mirror, asked.Progress, asked.Cancellation));
}
