using System.CommandLine;
using Spectre.Console;
using Veer.Features;

namespace Veer.Cli;

/// <summary><c>veer features</c>: the spaces that images are compared in, and the models of them.</summary>
internal static class FeaturesCommand
{
    private const double Mega = 1e6;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("features", "List the spaces that images are compared in: what each is, its model, whether that is there and where it is looked for.")
        {
            json,
            FeaturesFetchCommand.Create(),
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json)) Console.WriteLine(ToJson());
            else Print();
            return CommandRunner.Done;
        });
        return command;
    }

    private static void Print()
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("feature space").NoWrap()).AddColumn("what it is").AddColumn(new TableColumn("features").RightAligned()).AddColumn("model");
        foreach (var space in FeatureSpaces.All)
        {
            string whose = space.Comparable is { } figures ? $"\ncompares with {figures}" : "";
            table.AddRow(Markup.Escape(space.Name), Markup.Escape(space.Title + whose), Markup.Escape($"{space.Size}"), Markup.Escape(Model(space)));
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"models are looked for in {string.Join(", then ", ExtractorModel.Places)}; 'veer features fetch NAME' brings one");
    }

    private static string Model(NamedFeatureSpace space)
    {
        if (space.Model is not { } model) return "needs none";
        string size = FormattableString.Invariant($"{model.File.Name}, {Megabytes(model)} MB");
        string state = model.Find(space.Name) is { } found ? $"there: {found}" : model.Home is null ? "not there, published nowhere" : "not there";
        return $"{size}\n{state}";
    }

    private static string ToJson() => CommandJson.Write(new
    {
        ExtractorModel.Places,
        Spaces = FeatureSpaces.All.Select(space => new
        {
            space.Name,
            space.Title,
            space.Comparable,
            Features = space.Size,
            File = space.Model?.File.Name,
            Megabytes = space.Model is { } model ? Megabytes(model) : (long?)null,
            space.Model?.File.Sha256,
            Published = space.Model?.Address,
            Found = space.Model?.Find(space.Name),
        }),
    });

    private static long Megabytes(ExtractorModel model) => (long)Math.Round(model.File.Length / Mega);
}
