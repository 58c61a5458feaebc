using System.Globalization;
using Veer.Metrics;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Studies.Settings;

namespace Veer.Studies.Runs;

/// <summary>A postprocessor that a run left, and how the run says it is best applied.</summary>
/// <param name="Folder">The folder of the model.</param>
/// <param name="Strengths">The strength that the run recommends at each guidance scale that it measured; one without a scale, where it is the same at all or no run says it.</param>
/// <param name="Solver">The solver that it was measured with, by its name; null where no run says it.</param>
/// <param name="Steps">Steps of that solver.</param>
/// <param name="Recommendation">What the run recommends, in words.</param>
public sealed record FittedPostprocessor(string Folder, IReadOnlyList<(double? Scale, double Strength)> Strengths, string? Solver, int Steps, string Recommendation)
{
    /// <summary>What it is.</summary>
    public ModelConfig Config { get; } = ModelFolder.ReadConfig(Folder);

    /// <summary>Whether it takes one step of Euler, and can take no other.</summary>
    public bool TakesOneStep => Config.OneStep == true;

    /// <summary>The guidance scales that it was fitted at, where it is told that of a sample; null: it is not.</summary>
    public IReadOnlyList<double>? Scales => Config.Scales;

    /// <summary>The strength that is recommended for samples of a guidance scale, at others than those that were measured that of the nearest; null where no scale is said and it differs from scale to scale.</summary>
    public double? StrengthAt(double? scale) =>
        Strengths.Count == 1 ? Strengths[0].Strength : scale is { } own && Strengths.Count > 0 ? Strengths.MinBy(one => Math.Abs((one.Scale ?? double.PositiveInfinity) - own)).Strength : null;

    /// <summary>Finds the postprocessor of a folder.</summary>
    /// <param name="folder">A run's folder that holds one postprocessor, or the folder of the model itself.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">There is none, or there are several; or a file of the run is broken.</exception>
    public static FittedPostprocessor Find(string folder, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder)) throw new InputException("command line", "--model", folder, "a folder that 'veer postprocess fit' or a run left");
        var paths = new RunPaths(folder);
        if (ModelFolder.Exists(folder))
        {
            if (File.Exists(paths.Study)) throw new InputException(folder, "postprocessors", "a model beside a run", $"one of them: name the folder of a model, as those in {paths.Models}");
            if (!RepairFile.Exists(folder)) return new(folder, [(null, 1)], null, 1, "no run tells how this model is best applied: strength 1");
            var repair = RepairFile.Read(folder);
            double strength = repair.Curve.Chosen.Strength;
            return new(folder, [(null, strength)], repair.Recipe.Solver, repair.Recipe.Steps, $"strength {Number(strength)}");
        }
        bool any = Directory.Exists(paths.Models) && Directory.GetDirectories(paths.Models, "postprocessor-*").Any(ModelFolder.Exists);
        var settings = any ? StudyFile.Resolve(paths.Study, StudyFile.DefaultPreset, []).Settings : null;
        var names = settings is null ? [] : Models(paths, settings);
        string[] models = [.. names.Keys.Order(StringComparer.Ordinal)];
        if (settings is null || models.Length != 1)
        {
            if (models.Length == 0 && File.Exists(paths.Study)) throw new InputException(folder, "run", "one that is not finished, or trains no postprocessor", "a finished one: the command that began it goes on");
            throw new InputException(folder, "postprocessors", models.Length == 0 ? "none" : string.Join(", ", models.Select(Path.GetFileName)),
                models.Length == 0 ? "a finished run that trained one" : $"one: name its folder, as {models[0]}");
        }
        var run = RunFolder.Finished(folder, cancellation);
        var (way, application) = settings.Applications.FirstOrDefault();
        if (application is null) throw new InputException(paths.Study, "applications", "none", "one: how the postprocessor is applied");
        string name = names[models[0]];
        string stage = way == VariantNames.Application ? name : $"{name}@{way}";
        var chosen = run.Results.Rows.Where(row => row.Stage == stage && row.Metric == RunMetrics.Strength.Name && row.Value is not null).ToList();
        if (chosen.Find(row => row.Value is not (>= 0 and <= 1)) is { } odd) throw new InputException(paths.Results, RunMetrics.Strength.Name, Number(odd.Value!.Value), "0 to 1");
        bool one = chosen.Select(row => row.Value).Distinct().Count() < 2;
        (double? Scale, double Strength)[] strengths = one ? [(null, chosen.FirstOrDefault()?.Value ?? application.Strength ?? 1)] : [.. chosen.Select(row => ((double?)row.Scale, row.Value!.Value))];
        string words = string.Join(", ", strengths.Select(at => $"strength {Number(at.Strength)}{(at.Scale is { } scale ? $" at w = {Number(scale)}" : "")}"));
        return new(models[0], strengths, application.Solver, application.Steps, words);
    }

    /// <summary>The names of the models that the study's settings have, by their folders; those that learned from others stand for them, as they do the same in one evaluation.</summary>
    private static Dictionary<string, string> Models(RunPaths paths, StudySettings settings)
    {
        var found = (from source in settings.Sources
                     from postprocessor in settings.Postprocessors.Where(one => one.Value.Chain is null)
                     from scale in source.Value.Trained.Select(one => (double?)one).Append(null)
                     let folder = paths.Postprocessor(postprocessor.Key, source.Key, scale)
                     where ModelFolder.Exists(folder)
                     select (Folder: folder, postprocessor.Key, postprocessor.Value.Reflow)).ToList();
        return found.Where(model => found.All(other => other.Reflow != model.Key)).ToDictionary(model => model.Folder, model => model.Key);
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
