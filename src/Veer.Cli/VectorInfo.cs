using System.Globalization;
using Spectre.Console;
using Veer.Data;
using Veer.Runtime;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary>What a file of numbers holds: vectors, and images in arrays that <see cref="ImageData"/> does not open.</summary>
internal static class VectorInfo
{
    /// <summary>Whether a path is such a file.</summary>
    public static bool IsMeant(string path, CancellationToken cancellation) =>
        File.Exists(path) && SampleFormat.All.Any(format => format.Read is not null && format.IsMeant(path)) && !IsImageSet(path, cancellation);

    /// <summary>Reads it, and tells of it in lines or as one JSON document.</summary>
    public static void Print(string path, bool json, CancellationToken cancellation)
    {
        NativeLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        var samples = Samples.Read(path, cancellation: cancellation);
        var classes = samples.Labelled ? PerClass(samples.Data.Labels) : null;
        if (json) Console.WriteLine(ToJson(samples, classes));
        else Print(samples, classes);
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

    private static void Print(Samples samples, Dictionary<string, long>? classes)
    {
        // as the file has them
        var points = (samples.Range is { } range ? PixelRanges.FromSymmetric(samples.Data.Points, range) : samples.Data.Points).flatten(1);
        string what = samples.IsImages ? $"images of {string.Join(" x ", samples.Data.Points.shape[1..])}" : $"vectors of {points.shape[1]} numbers";
        var spread = points.std(0, unbiased: false);
        Console.WriteLine(CommandRunner.Plain($"{samples.Path}: {samples.Format}, {samples.NumberType}"));
        Console.WriteLine($"{samples.Data.Count} {what}, {(classes is null ? "no labels" : $"{classes.Count} classes")}");
        Console.WriteLine(FormattableString.Invariant(
            $"numbers from {points.min().item<float>():g4} to {points.max().item<float>():g4}; standard deviations of the columns from {spread.min().item<float>():g3} to {spread.max().item<float>():g3}"));
        if (classes is not null)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn("samples").RightAligned());
            foreach (var (label, count) in classes) table.AddRow(label, count.ToString(CultureInfo.InvariantCulture));
            AnsiConsole.Write(table);
        }
        SampleOptions.Tell(samples);
    }

    private static string ToJson(Samples samples, Dictionary<string, long>? classes) => CommandJson.Write(new
    {
        samples.Path,
        Kind = samples.Format,
        samples.NumberType,
        samples.Data.Count,
        Shape = samples.Data.Points.shape[1..],
        samples.Labelled,
        PerClass = classes,
    });

    private static Dictionary<string, long> PerClass(Tensor labels) => labels.data<long>().ToArray().CountBy(label => label).OrderBy(one => one.Key)
        .ToDictionary(one => one.Key.ToString(CultureInfo.InvariantCulture), one => (long)one.Value);
}
