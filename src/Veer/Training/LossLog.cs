using System.Diagnostics;
using System.Globalization;
using Veer.Formats;

namespace Veer.Training;

/// <summary>A training's losses, as <c>training.csv</c> and as TensorBoard events; rows after the step it resumes from are dropped.</summary>
internal sealed class LossLog : IDisposable
{
    public const string FileName = "training.csv";

    private const string Header = "step,examples,loss,learning_rate,seconds";

    private readonly StreamWriter table;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly double secondsBefore;

    public LossLog(string folder, long resumedFrom)
    {
        string path = Path.Combine(folder, FileName);
        List<string> kept = [Header];
        if (resumedFrom > 0 && File.Exists(path))
        {
            kept.AddRange(File.ReadLines(path).Skip(1).TakeWhile(row =>
                long.TryParse(row.Split(',')[0], CultureInfo.InvariantCulture, out long step) && step <= resumedFrom));
            if (kept.Count > 1) _ = double.TryParse(kept[^1].Split(',')[^1], CultureInfo.InvariantCulture, out secondsBefore);
        }
        AtomicFile.WriteText(path, string.Join('\n', kept) + '\n');
        table = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
        Events = EventLog.Open(folder, resumedFrom == 0 ? 0 : resumedFrom + 1);
    }

    /// <summary>Whether a file of that name is such a table.</summary>
    public static bool Is(string file) => Path.GetFileName(file) == FileName;

    /// <summary>The events file.</summary>
    public EventLog Events { get; }

    public void Add(TrainingProgress at)
    {
        double seconds = secondsBefore + watch.Elapsed.TotalSeconds;
        table.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.Step},{at.Examples},{at.Loss:g6},{at.LearningRate:g6},{seconds:f2}"));
        Events.Scalar("loss", at.Loss, at.Step);
        Events.Scalar("learning_rate", at.LearningRate, at.Step);
        Events.Scalar("examples", at.Examples, at.Step);
        if (at.HeldOutDistance is { } distance) Events.Scalar("held_out_distance", distance, at.Step);
    }

    public void Dispose()
    {
        table.Dispose();
        Events.Dispose();
    }
}
