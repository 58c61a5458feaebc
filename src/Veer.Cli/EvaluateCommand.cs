using System.CommandLine;
using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Metrics;
using Veer.Studies.Reporting;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary><c>veer evaluate</c>: samples of any generator against real ones.</summary>
internal static class EvaluateCommand
{
    private const int MostSubsets = 1000, ClosestPairs = 20;

    /// <summary>What metrics of neighbours look at in a class.</summary>
    private const int Neighbors = 5;

    public static Command Create()
    {
        var reading = new SampleOptions();
        var files = SampleOptions.Files("--samples", "Samples to evaluate, one file or several beside each other");
        var reference = SampleOptions.File("--reference", "Real samples, with --held-out those that the generator was trained on; or an .npz of Fréchet statistics (mu, sigma)");
        var heldOut = SampleOptions.File("--held-out", "Real samples that the generator never saw: the floor, and what tells memorisation", required: false);
        var training = SampleOptions.File("--training", "Real samples that the generator, or a repair of its samples, was trained on, where the reference is real samples that neither has seen: these are the floor", required: false);
        var features = new Option<string?>("--features") { Description = "Where images are compared: a name that 'veer features' shows, or a model's file.", HelpName = "NAME" };
        var metrics = new Option<string?>("--metrics") { Description = "Metrics by the names that 'veer list' shows, with commas between; the usual ones, if not given.", HelpName = "LIST" };
        var subsets = NumberOption.Whole("--subsets", "Random subsets from which intervals are told; 0: no intervals.", 0, MostSubsets, new EvaluationOptions().Subsets);
        var noClasses = new Option<bool>("--no-classes") { Description = "Do not measure each class by itself." };
        var report = new Option<string?>("--report") { Description = "Also leave a page with pictures in this folder.", HelpName = "DIR" };
        var statistics = new Option<string?>("--save-statistics") { Description = "Also write the Fréchet statistics (mu, sigma) of the reference's features.", HelpName = "FILE.npz" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var (seed, device) = (ComputeOptions.Seed(), ComputeOptions.Device());
        var command = new Command("evaluate", "Measure samples of any generator against real ones: every number with its interval and the floor of real against real.")
        {
            files, reference, heldOut, training, features, metrics, subsets, noClasses, report, statistics, json, seed, device,
        };
        foreach (var option in reading.All) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string? folder = parsed.GetValue(report) is { } named ? OutputPath.ReportFolder("--report", named) : null;
            string? kept = parsed.GetValue(statistics) is { } file ? OutputPath.File("--save-statistics", file, ".npz") : null;
            string against = parsed.GetRequiredValue(reference);
            if (parsed.GetValue(heldOut) is not null && parsed.GetValue(training) is { } both) throw CommandRunner.CommandLineFault("--training", $"{both} beside --held-out", "one of them: --held-out where the reference is what was trained on, --training where it is not");
            string?[] inputs = [.. parsed.GetRequiredValue(files), against, parsed.GetValue(heldOut), parsed.GetValue(training)];
            if (kept is not null) OutputPath.Apart("--save-statistics", kept, inputs);
            if (folder is not null) OutputPath.Apart("--report", folder, [.. inputs, kept]);
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            var asked = new EvaluationOptions
            {
                Metrics = parsed.GetValue(metrics)?.Split(',', StringSplitOptions.TrimEntries),
                PerClass = !parsed.GetValue(noClasses),
                Subsets = (int)parsed.GetValue(subsets),
                Closest = folder is null ? 0 : ClosestPairs,
                Seed = parsed.GetValue(seed),
            };
            using var scope = NewDisposeScope();
            EvaluationResult? result = null;
            Action? page = null;
            ProgressLine.Show("evaluate", shown =>
            {
                List<Samples> sets = [.. parsed.GetRequiredValue(files).Select(path => reading.Read(path, parsed, shown, cancellation))];
                List<(string Name, LabeledData Data)> named = [.. ShortNames.Of(sets.Select(set => set.Path)).Zip(sets, (name, set) => (name, set.Data))];
                if (kept is not null && !sets[0].IsImages) throw CommandRunner.CommandLineFault("--save-statistics", kept, "nothing: vectors are compared as they are, and have no features");
                if (FrechetStatistics.IsOne(against)) result = AgainstStatistics(named, sets[0]);
                else result = AgainstSamples(named, sets);

                EvaluationResult AgainstStatistics(List<(string Name, LabeledData Data)> named, Samples first)
                {
                    if ((parsed.GetValue(heldOut) ?? parsed.GetValue(training) ?? folder ?? kept ?? parsed.GetValue(metrics)) is { } unused) throw CommandRunner.CommandLineFault("--reference", $"the statistics {against} beside '{unused}'", "samples: statistics give Fréchet distances alone");
                    if (sets.Select(set => SampleLook.Shape(set, first)).FirstOrDefault(fault => fault is not null) is { } other) throw new InputException(other.Line);
                    using var space = EvaluationSpace.Open(parsed.GetValue(features), first, where, cancellation) ?? throw CommandRunner.CommandLineFault("--reference", $"the statistics {against}", "samples: vectors are compared as they are");
                    var found = StatisticsEvaluation.Run(named, FrechetStatistics.Read(against, space, space.Name, cancellation), against, asked with { Space = space }, shown, cancellation);
                    return found with { Notes = [.. sets.SelectMany(set => set.Notes), .. found.Notes] };
                }

                EvaluationResult AgainstSamples(List<(string Name, LabeledData Data)> named, List<Samples> sets)
                {
                    var real = reading.Read(against, parsed, shown, cancellation);
                    var (unseen, learned) = (Given(heldOut), Given(training));
                    var second = unseen ?? learned;
                    if (second is not null && second.Data.Key() == real.Data.Key()) throw CommandRunner.CommandLineFault(learned is null ? "--held-out" : "--training", second.Path, $"real samples other than those of {against}");
                    var findings = SampleLook.Require(sets, learned ?? real, learned is null ? unseen : real, Neighbors, SampleUse.Evaluation, cancellation);
                    using var space = EvaluationSpace.Open(parsed.GetValue(features), real, where, cancellation);
                    // samples of some classes, as of the first alone, may be of all of them
                    int classes = sets.Append(real).Max(set => set.Data.Classes);
                    LabeledData Seen(Samples set) => set.Labelled ? set.Data with { Classes = classes } : set.Data;
                    var found = SampleEvaluation.Run(
                        [.. named.Zip(sets, (set, samples) => (set.Name, Seen(samples)))], Seen(real), asked with { Space = space, Unseen = unseen is null ? null : Seen(unseen), Training = learned is null ? null : Seen(learned), ClassNames = real.ClassNames }, shown, cancellation);
                    string[] remark = space is null ? [] : [FeatureSpaces.Remark(space)];
                    found = found with { Notes = [.. sets.Append(real).Concat(second is null ? [] : [second]).SelectMany(set => set.Notes), .. findings.Select(finding => finding.Line), .. remark, .. found.Notes] };
                    if (folder is not null) page = () => EvaluationReport.Write(folder, found, [.. sets.Select(set => set.Data)], real.Data, learned?.Data, cancellation);
                    if (kept is not null) FrechetStatistics.Write(kept, FeatureMoments.Compute(space!.Features(real.Data.Points, null, cancellation)), space);
                    return found;

                    Samples? Given(Option<string> option) => parsed.GetValue(option) is { } path ? reading.Read(path, parsed, shown, cancellation) : null;
                }
            });
            // the page first: where nobody reads what is printed it is not lost
            page?.Invoke();
            if (parsed.GetValue(json)) Console.Write(result!.ToJson());
            else EvaluationConsole.Print(result!);
            if (folder is not null && !parsed.GetValue(json)) Console.WriteLine(Path.Combine(folder, "report.html"));
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

}
