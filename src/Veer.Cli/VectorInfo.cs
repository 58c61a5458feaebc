using System.Globalization;
using Spectre.Console;
using Veer.Data;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary>What a file of numbers holds: vectors, and images in arrays that <see cref="ImageData"/> does not open.</summary>
internal static class VectorInfo
{
    /// <summary>The samples of such a file, in the dispose scope that is open; null where a path is none.</summary>
    public static Samples? Find(string path, CancellationToken cancellation)
    {
        bool numbers = File.Exists(path) && SampleFormat.All.Any(format => format.Read is not null && format.IsMeant(path));
        return numbers && !IsImageSet(path, cancellation) ? Samples.Read(path, cancellation: cancellation) : null;
    }

    /// <summary>Whether a file is opened as a set of images, batch by batch; its header alone is read.</summary>
    private static bool IsImageSet(string path, CancellationToken cancellation)
    {
        try
        {
            return ImageData.Open(path, cancellation).Parts.Count > 0;
        }
        catch (InputException)
        {
            return false;
        }
    }

    public static void Print(Samples samples)
    {
        var (points, labels) = (samples.Data.Points.flatten(1), samples.Data.Labels);
        string what = samples.IsImages ? $"images of {string.Join(" x ", samples.Data.Points.shape[1..])}" : $"vectors of {points.shape[1]} numbers";
        var spread = points.std(0, unbiased: false);
        Console.WriteLine($"{samples.Path}: {samples.Format}, {samples.NumberType}");
        Console.WriteLine($"{samples.Data.Count} {what}, {(samples.Labelled ? $"{Present(labels).Count} classes" : "no labels")}");
        Console.WriteLine(FormattableString.Invariant(
            $"numbers from {points.min().item<float>():g4} to {points.max().item<float>():g4}; standard deviations of the columns from {spread.min().item<float>():g3} to {spread.max().item<float>():g3}"));
        if (samples.Labelled)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn("samples").RightAligned());
            foreach (var (label, count) in Present(labels)) table.AddRow(label, count.ToString(CultureInfo.InvariantCulture));
            AnsiConsole.Write(table);
        }
        SampleOptions.Tell(samples);
    }

    public static string ToJson(Samples samples) => CommandJson.Write(new
    {
        samples.Path,
        Kind = samples.Format,
        samples.NumberType,
        samples.Data.Count,
        Shape = samples.Data.Points.shape[1..],
        samples.Labelled,
        PerClass = samples.Labelled ? Present(samples.Data.Labels) : null,
    });

    private static Dictionary<string, long> Present(Tensor labels) => labels.data<long>().ToArray().CountBy(label => label).OrderBy(one => one.Key)
        .ToDictionary(one => one.Key.ToString(CultureInfo.InvariantCulture), one => (long)one.Value);
}
