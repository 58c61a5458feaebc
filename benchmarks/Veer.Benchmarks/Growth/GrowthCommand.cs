using System.Diagnostics;
using System.Globalization;
using Veer.Benchmarks.SideBySide;
using static TorchSharp.torch;

namespace Veer.Benchmarks.Growth;

/// <summary>
/// The mode that measures how time and memory grow: growth [--tasks WORD,WORD] [--core N] [--output FILE without extension]. Sizes that FILE.csv
/// has are not measured again, as the largest take long.
/// </summary>
internal static class GrowthCommand
{
    /// <summary>The command, and the process of one size that it starts.</summary>
    public const string Name = "growth", OneName = "grow";

    /// <summary>A size is measured so often, but not again once it took so many seconds: the first time, code is compiled.</summary>
    private const int Rounds = 5;
    private const double Enough = 30;

    public static int Run(string[] arguments)
    {
        string[] words = Option("--tasks", "").Split(',');
        var conditions = new Conditions(int.Parse(Option("--core", "0"), CultureInfo.InvariantCulture), avx2: false, "");
        string output = Option("--output", Path.Combine(TableCommand.Folder, "tables", "growth"));
        string file = output + ".csv";
        var known = File.Exists(file) ? File.ReadLines(file).Select(GrowthPoint.Parse).ToList() : [];
        foreach (var task in GrowthTask.All.Where(task => words.Any(task.Name.Contains)))
        {
            foreach (long size in task.Sizes.Where(size => !known.Exists(point => point.Task == task.Name && point.Size == size)))
            {
                known.Add(Measure(conditions, task, size));
                File.AppendAllLines(file, [known[^1].ToString()]);
                Console.WriteLine(known[^1]);
            }
        }
        var measured = GrowthTask.All.Select(task => (Task: task, Points: known.Where(point => point.Task == task.Name).OrderBy(point => point.Size).ToList()))
            .Where(task => task.Points.Count > 0).ToList();
        File.WriteAllText(output + ".md", GrowthTable.Write(conditions.Machine, measured));
        File.WriteAllBytes(output + ".svg", GrowthFigure.Draw(measured));
        return 0;

        string Option(string name, string otherwise) => Array.IndexOf(arguments, name) is >= 0 and var at ? arguments[at + 1] : otherwise;
    }

    /// <summary>One size in a process of its own: says what a side says, the figure being the most memory that the process had, in bytes.</summary>
    public static int RunOne(string task, string size)
    {
        set_num_threads(1);
        var work = GrowthTask.All.Single(one => one.Name == task).Make(long.Parse(size, CultureInfo.InvariantCulture));
        Side.Serve(() =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            work();
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        });
        return 0;
    }

    private static GrowthPoint Measure(Conditions conditions, GrowthTask task, long size)
    {
        using var side = Side.Start(conditions.Own(OneName, task.Name, size.ToString(CultureInfo.InvariantCulture)), conditions.Environment, out string fault)
            ?? throw new InvalidOperationException(fault);
        double least = double.PositiveInfinity, bytes = 0, sum = 0;
        for (int round = 0; round < Rounds && sum < Enough; round++)
        {
            var (seconds, peak) = side.Run();
            // of the first call: numbers that wait for the garbage collector between blocks of memory make more of it in later ones
            if (round == 0) bytes = peak;
            least = Math.Min(least, seconds);
            sum += seconds;
        }
        return new(task.Name, size, least, bytes);
    }
}

/// <summary>One size, measured.</summary>
/// <param name="Task">What was done.</param>
/// <param name="Size">In the task's unit.</param>
/// <param name="Seconds">Of the processor.</param>
/// <param name="Bytes">The most memory that its process had, data and runtime included.</param>
internal readonly record struct GrowthPoint(string Task, long Size, double Seconds, double Bytes)
{
    public static GrowthPoint Parse(string line)
    {
        string[] parts = line.Split(',');
        double Number(int part) => double.Parse(parts[part], CultureInfo.InvariantCulture);
        return new(parts[0], (long)Number(1), Number(2), Number(3));
    }

    /// <summary>A line of the file of points.</summary>
    public override string ToString() => FormattableString.Invariant($"{Task},{Size},{Seconds:0.000},{Bytes:0}");

    /// <summary>The powers that time and memory grow with from another size.</summary>
    public (double Time, double Memory) From(GrowthPoint before)
    {
        double logarithm = Math.Log((double)Size / before.Size);
        return (Math.Log(Seconds / before.Seconds) / logarithm, Math.Log(Bytes / before.Bytes) / logarithm);
    }
}
