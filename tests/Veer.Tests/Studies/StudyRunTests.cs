using System.Text.Json;
using Veer.Formats;
using Veer.Metrics;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Studies.Pipeline;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

public sealed class StudyRunTests(StudyRunTests.Undisturbed whole) : IClassFixture<StudyRunTests.Undisturbed>
{
    private static readonly string[] AllStages =
    [
        "denoiser base", "samples classifier-free w = 1", "samples classifier-free w = 2.5", "individual classifier-free w = 1",
        "individual classifier-free w = 2.5", "one-for-all classifier-free", "numbers", "report",
    ];

    [Fact]
    public void Every_stage_is_planned_and_made_in_its_order()
    {
        Assert.Equal(AllStages, whole.Observer.Stages.Select(stage => stage.Name));
        Assert.Equal(AllStages, whole.Observer.Made);
        Assert.All(whole.Observer.Stages, stage => Assert.True(stage.TakenFrom is null && stage.Seconds > 0));
        Assert.Empty(whole.Observer.Warnings);
    }

    [Fact]
    public void The_folder_holds_what_the_formats_say()
    {
        foreach (string file in (string[])
        [
            "study.yaml", "results.json", "report.html", "samples/real.npz", "samples/classifier-free-w1.npz",
            "samples/classifier-free-w2.5.npz", "samples/boundary-classifier-free.npz", "generated/classifier-free-w1/test.npz",
            "generated/classifier-free-w1/training.npz", "generated/classifier-free-w2.5/trajectories.npz", "models/base/model.safetensors",
            "models/base/config.json", "models/base/training.csv", "models/base/denoiser-error.json",
            "models/postprocessor-individual-classifier-free-w2.5/model.safetensors",
            "models/postprocessor-one-for-all-classifier-free/model.safetensors",
        ])
        {
            Assert.True(File.Exists(Path.Combine(whole.Folder, file)), file);
        }
        var samples = Veer.Formats.Npz.Read(Path.Combine(whole.Folder, "samples", "classifier-free-w2.5.npz"));
        Assert.Equal(["before", "individual", "labels", "one-for-all"], samples.Keys.Order(StringComparer.Ordinal));
        Assert.All(["before", "individual", "one-for-all"], stage => Assert.Equal([200, 2], samples[stage].shape));
        Assert.Empty(Directory.GetFiles(whole.Folder, "checkpoint*", SearchOption.AllDirectories));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(whole.Folder, "figures"), "*.png"));
    }

    [Fact]
    public void Every_metric_is_there_for_every_stage_and_class()
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(whole.Folder, "results.json")));
        Assert.Equal(
            ["study", "preset", "seed", "versions", "seconds", "rows"],
            results.RootElement.EnumerateObject().Select(property => property.Name));
        string[] metrics = [.. MetricRegistry.For(MetricNeeds.Points | MetricNeeds.Features | MetricNeeds.Classes | MetricNeeds.Truth)
            .Where(metric => metric.Default.HasFlag(SampleKinds.Points)).Select(metric => metric.Name)];
        Assert.All(
            ["nn-distance", "neighbor-off-class", "wasserstein-2", "sliced-wasserstein-2", "off-class", "outliers", "log-density"], name => Assert.Contains(name, metrics));
        var expected = new List<string>();
        foreach (string metric in metrics)
        {
            foreach (string label in (string[])["0", "1", "all"])
            {
                expected.Add($"none 0 {label} real {metric}");
                foreach (string scale in (string[])["1", "2.5"])
                {
                    expected.AddRange(
                        from stage in (string[])["before", "individual", "one-for-all"]
                        select $"classifier-free {scale} {label} {stage} {metric}");
                }
            }
        }
        foreach (string scale in (string[])["1", "2.5"])
        {
            expected.AddRange(
                from stage in (string[])["individual", "one-for-all"]
                from metric in (string[])["seconds", "nfe"]
                select $"classifier-free {scale} all {stage} {metric}");
            expected.Add($"classifier-free {scale} all before seconds");
            expected.AddRange(
                from metric in (string[])["boundary-distance", "boundary-least-distance", "bend"]
                from label in (string[])["0", "1", "all"]
                select $"classifier-free {scale} {label} before {metric}");
        }
        var rows = results.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            rows.Select(row => $"{row.GetProperty("guidance").GetString()} {row.GetProperty("scale")} {row.GetProperty("class").GetString()} "
                + $"{row.GetProperty("stage").GetString()} {row.GetProperty("metric").GetString()}").Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.True(double.IsFinite(row.GetProperty("value").GetDouble())));
    }

    [Fact]
    public void A_second_run_makes_nothing_anew()
    {
        var again = Execute(whole.Study, whole.Folder);
        Assert.All(again.Stages, stage => Assert.True(stage.TakenFrom is not null && stage.Seconds == 0));
        Assert.Empty(again.Made);
    }

    [Fact]
    public void A_stage_whose_file_is_gone_is_made_anew()
    {
        using var folder = new TemporaryFolder();
        Copy(whole.Folder, folder.File("run"));
        File.Delete(Path.Combine(folder.File("run"), "report.html"));
        File.Delete(Path.Combine(folder.File("run"), "models", "postprocessor-one-for-all-classifier-free", "model.safetensors"));
        Assert.Equal(["one-for-all classifier-free", "report"], Recorded.Plan(whole.Study, new(folder.File("run"), 0, CPU)));
    }

    [Theory]
    [InlineData("evaluation.projections=4", "numbers,report")]
    [InlineData("title=Another", "report")]
    [InlineData("postprocessor.neighbors=6", "individual classifier-free w = 1,individual classifier-free w = 2.5,one-for-all classifier-free,numbers,report")]
    [InlineData("sampling.trajectories=5", "samples classifier-free w = 1,samples classifier-free w = 2.5,individual classifier-free w = 1,individual classifier-free w = 2.5,one-for-all classifier-free,numbers,report")]
    [InlineData("application.strength=0.5", "numbers,report")]
    [InlineData("guidance.unseen_scales=[1.5]", "samples classifier-free w = 1.5,numbers,report")]
    [InlineData("guidance.scales=[1, 3]", "samples classifier-free w = 3,individual classifier-free w = 3,one-for-all classifier-free,numbers,report")]
    public void Only_what_hangs_on_a_changed_setting_is_made_anew(string change, string made)
    {
        using var folder = new TemporaryFolder();
        Copy(whole.Folder, folder.File("run"));
        Assert.Equal(made.Split(','), Recorded.Plan(StudyText.Resolve(folder, StudyText.Tiny, change), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void One_postprocessor_for_all_scales_has_no_more_samples_drawn_than_its_share_of_each()
    {
        using var folder = new TemporaryFolder();
        Execute(StudyText.Resolve(folder, StudyText.Tiny + "postprocessors: { usual: { train: all, pairing: nearest } }\n"), folder.File("run"));
        foreach (string scale in (string[])["1", "2.5"])
            Assert.Equal(100, Npz.Read(folder.File($"run/generated/classifier-free-w{scale}/training.npz"))["labels"].shape[0]);
    }

    [Fact]
    public void One_step_is_learned_from_a_flow_however_they_are_listed_and_takes_one_evaluation()
    {
        using var folder = new TemporaryFolder();
        const string Listed = "postprocessors: { fast: { reflow: usual }, usual: { pairing: nearest } }\n";
        var study = StudyText.Resolve(folder, StudyText.Tiny + Listed);
        Execute(study, folder.File("run"));
        var rows = RunFolder.Finished(folder.File("run"), TestContext.Current.CancellationToken).Results.Rows.Where(row => row.Metric == "nfe").ToList();
        Assert.Equal(2, rows.Count(row => row is { Stage: "fast", Value: 1 }));
        Assert.Equal(2, rows.Count(row => row is { Stage: "usual", Value: > 1 }));
        // it hangs on the flow
        Assert.Equal(
            ["usual classifier-free", "fast classifier-free", "numbers", "report"],
            Recorded.Plan(StudyText.Resolve(folder, StudyText.Tiny + Listed, "postprocessors.usual.neighbors=6"), new(folder.File("run"), 0, CPU)));
        Assert.Equal(
            ["fast classifier-free", "numbers", "report"],
            Recorded.Plan(StudyText.Resolve(folder, StudyText.Tiny + Listed, "postprocessors.fast.training.steps=31"), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void A_chain_learns_nothing_and_follows_one_flow_after_the_other()
    {
        using var folder = new TemporaryFolder();
        const string Listed = "postprocessors: { both: { chain: [far, near] }, near: { pairing: nearest }, far: { pairing: random } }\n";
        Execute(StudyText.Resolve(folder, StudyText.Tiny + Listed), folder.File("run"));
        var run = RunFolder.Finished(folder.File("run"), TestContext.Current.CancellationToken);
        double Evaluations(string stage) => run.Results.Rows.Single(row => row is { Scale: 1, Metric: "nfe" } && row.Stage == stage).Value!.Value;
        Assert.True(Evaluations("both") > Evaluations("far"));
        Assert.False(Directory.Exists(run.Paths.Postprocessor("both", "classifier-free", null)));
        using var near = Postprocessor.Load(run.Paths.Postprocessor("near", "classifier-free", null));
        var samples = Npz.Read(run.Paths.Stages("classifier-free", 1));
        var (moved, _) = near.Apply(samples["far"], samples["labels"], new Dopri5(), cancellation: TestContext.Current.CancellationToken);
        Near.Absolute(moved, samples["both"], 1e-4);
        Assert.Equal(
            ["numbers", "report"], Recorded.Plan(StudyText.Resolve(folder, StudyText.Tiny + Listed, "postprocessors.both.chain=[near,far]"), new(folder.File("run"), 0, CPU)));
        Assert.Equal(
            ["numbers", "report"],
            Recorded.Plan(StudyText.Resolve(folder, StudyText.Tiny + Listed, "postprocessors.both.guidances=[classifier-free]"), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void What_a_run_beside_it_has_made_already_is_taken_over()
    {
        using var folder = new TemporaryFolder();
        Copy(whole.Folder, folder.File("run"));
        string another = StudyText.Tiny + "postprocessors: { few: { neighbors: 2, real_per_class: 50 }, usual: { train: all, pairing: nearest } }\n";
        var study = StudyText.Resolve(folder, another);
        var first = Execute(study, folder.File("another"));
        Assert.Equal(["few classifier-free", "numbers", "report"], first.Made);
        Assert.All(first.Stages, stage => Assert.Equal(first.Made.Contains(stage.Name) ? null : folder.File("run"), stage.TakenFrom));
        const string Weights = "model.safetensors";
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole.Folder, "models", "postprocessor-one-for-all-classifier-free", Weights)),
            File.ReadAllBytes(Path.Combine(folder.File("another"), "models", "postprocessor-usual-classifier-free", Weights)));
        Assert.Empty(Execute(study, folder.File("another")).Made);
    }

    [Fact]
    public void Stopped_again_and_again_it_ends_in_the_models_and_numbers_of_one_left_alone()
    {
        using var folder = new TemporaryFolder();
        int stops = 0;
        for (bool done = false; !done;)
        {
            using var source = new CancellationTokenSource();
            int told = 0;
            // a little further every time
            var observer = new Recorded(() => { if (++told == 1 + stops) source.Cancel(); });
            try
            {
                new StudyRun(whole.Study, new(folder.Path, 0, CPU), observer).Execute(source.Token);
                done = true;
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }
        Assert.InRange(stops, 5, 100);
        foreach (string model in Directory.GetFiles(whole.Folder, "model.safetensors", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Path.Combine(folder.Path, Path.GetRelativePath(whole.Folder, model))));
        Assert.Equal(Numbers(whole.Folder), Numbers(folder.Path));
    }

    [Fact]
    public void The_study_that_a_run_left_runs_again_to_the_same_stages()
    {
        var study = StudyFile.Resolve(Path.Combine(whole.Folder, "study.yaml"), StudyFile.DefaultPreset, []);
        Assert.Empty(Execute(study, whole.Folder).Made);
    }

    private static string[] Numbers(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "results.json")).Skip(1).Where(row => !row.Contains("\"seconds\"", StringComparison.Ordinal))];

    private static Recorded Execute(Study study, string folder)
    {
        var observer = new Recorded();
        new StudyRun(study, new(folder, 0, CPU), observer).Execute(TestContext.Current.CancellationToken);
        return observer;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public sealed class Undisturbed : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public Undisturbed()
        {
            Study = StudyText.Resolve(folder, StudyText.Tiny);
            Observer = Execute(Study, Folder);
        }

        public Study Study { get; }

        public string Folder => folder.File("run");

        internal Recorded Observer { get; }

        public void Dispose() => folder.Dispose();
    }
}
