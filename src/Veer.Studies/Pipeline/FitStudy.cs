using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Veer.Data;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Studies.Runs;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>The study that fits a postprocessor to the samples of any generator, from the files alone.</summary>
public static class FitStudy
{
    /// <summary>Steps that teach one evaluation: it begins with the flow's weights.</summary>
    private const int OneStepOfVectors = 4000, OneStepOfImages = 400;

    /// <summary>What the set of samples is called.</summary>
    internal const string SetName = "generated";

    /// <summary>Makes the study; its file would be study.yaml in the folder.</summary>
    /// <param name="generated">Files of samples, which are one set; or SCALE=FILE each, for a generator sampled at several guidance scales.</param>
    /// <param name="real">Real samples.</param>
    /// <param name="heldOut">Real samples that nothing is trained on; null: the other part of real, or a share of it.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="overrides">"key=value" with dots between nested keys; these go over what is chosen here.</param>
    /// <param name="reading">What the user says of all of these files; kept in the study. What they show, if not given.</param>
    /// <param name="oneStep">Whether a postprocessor of one evaluation learns from the flow (<see cref="Reflow"/>); it is then the one that is applied.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The study, and what was chosen for these samples: a line each, with its reason.</returns>
    /// <exception cref="InputException">A file is missing or faulty, or a setting is none: one line.</exception>
    public static (Study Study, IReadOnlyList<string> Choices) Create(
        IReadOnlyList<string> generated, string real, string? heldOut, string folder, IEnumerable<string> overrides, SampleReading? reading = null, bool oneStep = false, CancellationToken cancellation = default)
    {
        var files = generated.Select(Parse).ToList();
        if (files.Any(file => file.Scale is null) && files.Any(file => file.Scale is not null))
            throw new InputException("command line", "--generated", string.Join(' ', generated), "FILE each, or SCALE=FILE each");
        FitRecipe recipe;
        bool images;
        using (NewDisposeScope())
        {
            var samples = Samples.Read(files[0].Path, reading, cancellation: cancellation);
            images = samples.IsImages;
            var reals = Samples.Read(images && GivenData.HasTwoParts(real, cancellation) ? $"{real}:train" : real, reading, cancellation: cancellation);
            if (reals.IsImages != images) throw new InputException(real, "samples", images ? "vectors" : "images", $"{(images ? "images" : "vectors")}, as in {samples.Path}");
            if (SampleLook.Shape(samples, reals) is { } shape) throw new InputException(shape.Line);
            bool classes = samples.Labelled && reals.Labelled && samples.Data.Classes <= reals.Data.Classes;
            recipe = classes ? FitRecipe.For(samples.Data with { Classes = reals.Data.Classes }, reals.Data) : FitRecipe.For(samples.Data.OfOneClass(), reals.Data.OfOneClass());
        }
        var data = new JsonObject { ["kind"] = images ? "images" : "vectors", ["train"] = Seen(real) };
        if (heldOut is not null) data["held_out"] = Seen(heldOut);
        var set = files[0].Scale is null ? new JsonObject { ["samples"] = new JsonArray([.. files.Select(file => (JsonNode)Seen(file.Path))]) }
            : new JsonObject { ["scales"] = Scales() };
        var tree = new JsonObject
        {
            ["title"] = $"{string.Join(", ", ShortNames.Of(files.Select(file => file.Path)))}: repaired towards {ShortNames.Of([real])[0]}",
            ["data"] = data,
            ["generated"] = new JsonObject { [SetName] = set },
            ["postprocessor"] = JsonSerializer.SerializeToNode(recipe.Options, JsonPolicy.Options),
            ["application"] = new JsonObject { ["solver"] = recipe.Solver, ["steps"] = recipe.Steps },
        };
        if (oneStep)
        {
            tree["postprocessors"] = new JsonObject
            {
                [VariantNames.Repaired] = GeneratedSettings.UsualPostprocessor(tree["generated"]!.AsObject(), tree["postprocessor"]!.AsObject()),
                [VariantNames.OneStep] = new JsonObject { ["reflow"] = VariantNames.Repaired, ["training"] = new JsonObject { ["steps"] = images ? OneStepOfImages : OneStepOfVectors } },
            };
        }
        if (ReadingSettings.From(reading) is { } told) tree["reading"] = JsonSerializer.SerializeToNode(told, JsonPolicy.Options);
        string path = Path.Combine(folder, RunPaths.StudyFile);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var study = StudyFile.Resolve(tree, path, StudyFile.DefaultPreset, overrides) with { Name = name };
        return (study, Choices(recipe, study.Settings));

        // from the folder, so that it can be moved together with its data; an absolute path and the name of a data set stay
        string Seen(string path) => Path.IsPathRooted(path) || (!Path.Exists(path) && DataFolders.Names.Contains(path.Split(':')[0])) ? path
            : SeenPath.From(folder, path);

        JsonObject Scales()
        {
            var scales = new JsonObject();
            foreach (var (scale, file) in files)
                if (!scales.TryAdd(scale!, Seen(file))) throw new InputException("command line", "--generated", $"the scale {scale} a second time", "a file for each scale");
            return scales;
        }
    }

    /// <summary>What the study will do, a line each: the key, what stands there, and why.</summary>
    private static IReadOnlyList<string> Choices(FitRecipe recipe, StudySettings settings)
    {
        const string Asked = "as --set says";
        var way = settings.Applications.Values.FirstOrDefault() ?? new();
        var strengths = settings.StrengthsOf(way);
        string range = strengths.Count == 1 ? Number(strengths[0]) : $"one of {string.Join(", ", strengths.Select(Number))}";
        string reason = strengths.SequenceEqual(StrengthCurve.Usual) ? "more than 0 only where validation samples come nearer to real ones beyond doubt" : Asked;
        var done = recipe.Changed(settings.Postprocessors.Values.FirstOrDefault() ?? recipe.Options, way.Solver, way.Steps, Asked);
        var quick = settings.Postprocessors.Values.Where(one => one.Reflow is not null)
            .Select(one => new RecipeChoice("one step", $"{one.Training.Steps} steps more", "a second network learns where the flow leads; it is the one that is applied"));
        var told = settings.Postprocessors.Values.Where(one => settings.Sources.Keys.Any(source => settings.TellsScale(one, source))).Take(1).Select(_ => new RecipeChoice("tell_scale", "true", "a sample does not say itself how strongly it was guided"));
        return [.. done.Choices.Concat(told).Append(new("strength", range, reason)).Concat(quick).Select(choice => $"{Key(choice.Name)}: {choice.Value}: {choice.Reason}")];

        static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

        string Key(string choice) => choice switch
        {
            RecipeWords.Unit => "postprocessor.standardise",
            RecipeWords.Classes => "postprocessor.match_classes",
            RecipeWords.Network => done.Options.Unet is null ? "postprocessor.network" : "postprocessor.unet",
            RecipeWords.FourierFeatures => "postprocessor.network.fourier_features",
            RecipeWords.Solver or "strength" => $"application.{choice}",
            "one step" => $"postprocessors.{VariantNames.OneStep}.training.steps",
            _ => $"postprocessor.{choice}",
        };
    }

    /// <summary>The file that an entry of the generated samples names.</summary>
    /// <param name="generated">FILE, or SCALE=FILE.</param>
    public static string FileOf(string generated) => Parse(generated).Path;

    private static (string? Scale, string Path) Parse(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 1 || Path.Exists(text) || GeneratedSettings.Number(text[..at]) is not { } scale) return (null, text);
        return (scale.ToString(CultureInfo.InvariantCulture), text[(at + 1)..]);
    }
}
