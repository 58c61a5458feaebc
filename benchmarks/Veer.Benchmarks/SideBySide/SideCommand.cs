using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The mode in which this program is one side of a row: side ROW own|plain|limit FOLDER.</summary>
internal static class SideCommand
{
    public const string Name = "side", Own = "own", Plain = "plain", Limit = "limit";

    public static int Run(string[] arguments)
    {
        set_num_threads(1);
        var row = TableCommand.Rows.Single(row => row.Name == arguments[0]);
        var work = arguments[1] switch { Own => row.Own, Plain => row.Plain!.Work, _ => row.Limit!.Work };
        var task = work(arguments[2]);
        Side.Serve(() =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            return task();
        });
        return 0;
    }
}
