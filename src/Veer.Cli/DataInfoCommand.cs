using System.CommandLine;
using Spectre.Console;
using Veer.Data;
using Veer.Images;

namespace Veer.Cli;

/// <summary><c>veer data info PATH</c>: what images or vectors a path holds, after reading all of them.</summary>
internal static class DataInfoCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = $"{string.Join(", ", ImageFormat.All.Select(format => format.Title))}; one of {string.Join(", ", DataFolders.Names)}; or numbers in .npz, .npy, .safetensors, .csv." };
        var sheet = new Option<string?>("--sheet") { Description = "Also write a picture of the first images of each class.", HelpName = "FILE.png" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("info", "Print what a path holds: kind, count, shape, classes, images or vectors of each class.") { path, sheet, json };
        command.SetAction((parsed, cancellation) =>
        {
            string? sheetPath = parsed.GetValue(sheet) is { } given ? OutputPath.File("--sheet", given, ".png") : null;
            if (sheetPath is not null) OutputPath.Apart("--sheet", sheetPath, parsed.GetRequiredValue(path));
            if (VectorInfo.IsMeant(parsed.GetRequiredValue(path), cancellation))
            {
                if (sheetPath is not null) throw CommandRunner.CommandLineFault("--sheet", sheetPath, $"nothing: of {parsed.GetRequiredValue(path)} there is no sheet, which is made of images that are opened one by one");
                VectorInfo.Print(parsed.GetRequiredValue(path), parsed.GetValue(json), cancellation);
                return Task.FromResult(CommandRunner.Done);
            }
            var (found, asked) = Samples.SplitPart(parsed.GetRequiredValue(path));
            var data = ImageData.Open(found, cancellation);
            IReadOnlyList<ImageSet> parts = asked is null ? data.Parts : [data.Part(asked == ImageData.Train)];
            var first = parts[0];
            var pictures = sheetPath is null ? null : new ContactSheet(first.Shape, first.Labelled ? first.Classes : null);
            var summaries = new List<ImageSummary>();
            ProgressLine.Show("reading", shown =>
            {
                foreach (var part in parts)
                {
                    var progress = new SynchronousProgress<double>(share => shown.Report((share, $"{part.Part} of {data.Path}")));
                    summaries.Add(ImageSummary.Create(part, part == first && pictures is not null ? pictures.Add : null, progress, cancellation));
                }
            });
            if (sheetPath is not null) pictures!.Write(sheetPath);
            if (parsed.GetValue(json)) Console.WriteLine(ToJson(data, parts, summaries, sheetPath));
            else Print(data, parts, summaries, sheetPath);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    private static void Print(ImageData data, IReadOnlyList<ImageSet> parts, List<ImageSummary> summaries, string? sheetPath)
    {
        Console.WriteLine(CommandRunner.Plain($"{data.Path}: {data.Kind}"));
        foreach (var part in parts)
            Console.WriteLine($"{part.Part}: {part.Count} images of {part.Shape}, {(part.Labelled ? $"{part.Classes} classes" : "no labels")}");
        if (parts[0].Labelled)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("class");
            foreach (var part in parts) table.AddColumn(new TableColumn(part.Part).RightAligned());
            for (int label = 0; label < parts[0].Classes; label++)
            {
                string name = parts[0].ClassNames is { } names ? $"{label} {names[label]}" : $"{label}";
                table.AddRow([EvaluationConsole.Cell(name), .. summaries.Select(summary => $"{summary.PerClass[label]}")]);
            }
            AnsiConsole.Write(table);
        }
        if (sheetPath is not null) Console.WriteLine(sheetPath);
    }

    private static string ToJson(ImageData data, IReadOnlyList<ImageSet> parts, List<ImageSummary> summaries, string? sheetPath) => CommandJson.Write(new
    {
        data.Path,
        data.Kind,
        Parts = parts.Zip(summaries, (part, summary) => new
        {
            Name = part.Part,
            part.Path,
            part.Count,
            Shape = new[] { part.Shape.Channels, part.Shape.Height, part.Shape.Width },
            part.Labelled,
            part.Classes,
            part.ClassNames,
            PerClass = part.Labelled ? summary.PerClass : null,
        }),
        Sheet = sheetPath,
    });
}
