using Veer.Formats;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>What a run left is used again only for the data and settings that it was made from.</summary>
public sealed class StudyIdentityTests : IDisposable
{
    private const string Vectors = "data: { kind: vectors, train: train.npz, held_out: held-out.npz }\n";

    private readonly TemporaryFolder folder = new();

    public StudyIdentityTests()
    {
        Write("train.npz", 0);
        Write("held-out.npz", 1);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("denoiser base")]
    [InlineData("individual classifier-free w = 1")]
    public void A_training_that_was_stopped_does_not_go_on_with_other_data(string stage)
    {
        StopWithin(stage, "run");
        Write("train.npz", 5);
        var observer = Execute("run");
        Assert.Contains(observer.Warnings, line => line.EndsWith(
            "settings: found those of another training, expected this training's settings, data and version of the program; the checkpoint is not used",
            StringComparison.Ordinal));
        Execute("fresh/run");
        AssertEqualModels("fresh/run", "run");
    }

    [Fact]
    public void A_training_that_was_stopped_goes_on_with_the_data_that_it_had()
    {
        StopWithin("denoiser base", "run");
        Assert.Empty(Execute("run").Warnings);
        Execute("fresh/run");
        AssertEqualModels("fresh/run", "run");
    }

    [Fact]
    public void A_stage_that_was_begun_anew_and_stopped_is_not_taken_for_the_one_before()
    {
        Execute("run");
        // sampling with other settings overwrites samples before its stage is done
        StopWithin("samples classifier-free w = 1", "run", "sampling.steps=7");
        Assert.Contains("samples classifier-free w = 1", Recorded.Plan(Resolve(), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void A_stage_that_the_list_of_done_ones_tells_nothing_of_is_made_again()
    {
        Directory.CreateDirectory(folder.File("run"));
        folder.File("run/stages.json", """{ "denoiser base": null, "numbers": { "seconds": 1 } }"""u8.ToArray());
        Assert.Contains("denoiser base", Recorded.Plan(Resolve(), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void Runs_beside_each_other_share_models_though_a_folder_is_named_with_a_slash()
    {
        Execute("run");
        Assert.All(Execute("other/").Stages.Where(stage => stage.Name.StartsWith("denoiser", StringComparison.Ordinal)), stage => Assert.NotNull(stage.TakenFrom));
    }

    [Fact]
    public void A_model_that_was_torn_since_is_made_again()
    {
        Execute("run");
        string weights = folder.File("run/models/base/model.safetensors");
        using (var file = File.OpenWrite(weights)) file.SetLength(file.Length - 8);
        Assert.Contains("denoiser base", Execute("run").Made);
        Assert.DoesNotContain("denoiser base", Execute("run").Made);
    }

    [Theory]
    [InlineData("models/base/model.safetensors", "denoiser base")]
    [InlineData("generated/classifier-free-w1/test.npz", "samples classifier-free w = 1")]
    [InlineData("samples/classifier-free-w1.npz", "numbers")]
    public void A_file_that_was_changed_since_in_any_byte_is_made_again(string file, string stage)
    {
        Execute("run");
        byte[] changed = File.ReadAllBytes(folder.File($"run/{file}"));
        changed[^30] ^= 1;
        File.WriteAllBytes(folder.File($"run/{file}"), changed);
        Assert.Contains(stage, Execute("run").Made);
        Assert.NotEqual(changed, File.ReadAllBytes(folder.File($"run/{file}")));
        Assert.Empty(Execute("run").Made);
    }

    [Theory]
    [InlineData("models/base/config.json", "denoiser base")]
    [InlineData("generated/classifier-free-w1/training.npz", "samples classifier-free w = 1")]
    public void A_file_that_is_missing_is_made_again_though_its_stage_left_another_last(string file, string stage)
    {
        Execute("run");
        File.Delete(folder.File($"run/{file}"));
        Assert.Equal([stage], Execute("run").Made);
        Assert.True(File.Exists(folder.File($"run/{file}")));
    }

    [Fact]
    public void A_broken_list_of_done_stages_is_told_and_nothing_is_made_over_what_is_there()
    {
        Execute("run");
        byte[] list = File.ReadAllBytes(folder.File("run/stages.json"));
        File.WriteAllBytes(folder.File("run/stages.json"), list[..^100]);
        Refusal.Of(() => Execute("run"), "stages.json: document: found broken JSON", "without the file all are made anew");
        // a run beside it has its own
        Assert.NotEmpty(Execute("other").Made);
        File.WriteAllBytes(folder.File("run/stages.json"), list);
        Assert.Empty(Execute("run").Made);
    }

    [Fact]
    public void A_training_is_not_lost_where_the_run_stops_between_its_end_and_that_of_its_stage()
    {
        // the error of a denoiser whose truth is known is measured there
        using var source = new CancellationTokenSource();
        var study = StudyText.Resolve(folder, StudyText.Tiny);
        var run = new RunOptions(folder.File("run"), 0, CPU);
        Assert.Throws<OperationCanceledException>(() => new StudyRun(study, run, new Recorded { Saw = seen => { if (seen.Fraction == 1) source.Cancel(); } }).Execute(source.Token));
        var again = new List<StageProgress>();
        var observer = new Recorded { Saw = again.Add };
        new StudyRun(study, run, observer).Execute(TestContext.Current.CancellationToken);
        Assert.Equal("denoiser base", observer.Made[0]);
        Assert.DoesNotContain("denoiser base", again.Select(seen => seen.Stage));
        Assert.Empty(Directory.GetFiles(folder.Path, "checkpoint*", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_study_of_a_run_leads_to_its_data_by_whichever_way_its_folder_is_come_to()
    {
        Directory.CreateDirectory(folder.File("deep/er"));
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("deep/er"));
        Execute("link/run");
        foreach (string way in (string[])["link", "deep/er"])
        {
            var study = StudyFile.Resolve(folder.File($"{way}/run/study.yaml"), StudyFile.DefaultPreset, []);
            new StudyRun(study, new(folder.File(way + "/again"), 0, CPU), new Recorded()).Check(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_folder_has_one_run_at_a_time()
    {
        using (RunLock.Take(folder.File("run")))
            Refusal.Of(() => Execute("run"), "run.lock: found held by process ", "expected no other run in this folder");
        Execute("run");
        using (RunLock.Take(folder.File("run"))) Recorded.Plan(Resolve(), new(folder.File("other"), 0, CPU));
    }

    [Fact]
    public void Checking_plans_what_a_run_would_make_and_writes_nothing()
    {
        var observer = new Recorded();
        new StudyRun(Resolve(), new(folder.File("none/run"), 0, CPU), observer).Check(TestContext.Current.CancellationToken);
        Assert.Contains("denoiser base", observer.Stages.Select(stage => stage.Name));
        Assert.False(Directory.Exists(folder.File("none")));
    }

    [Fact]
    public void Pairs_are_no_headway_of_a_training()
    {
        var all = new List<StageProgress>();
        new StudyRun(Resolve(), new(folder.File("run"), 0, CPU), new Recorded { Saw = all.Add }).Execute(TestContext.Current.CancellationToken);
        var pairs = all.Where(seen => seen.Detail.StartsWith("pairing", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(pairs);
        Assert.All(pairs, seen => Assert.Null(seen.Fraction));
        Assert.All(all.Where(seen => seen.Detail.StartsWith("loss", StringComparison.Ordinal)), seen => Assert.InRange(seen.Fraction!.Value, 1e-9, 1));
    }

    private void StopWithin(string stage, string run, params string[] overrides)
    {
        using var source = new CancellationTokenSource();
        var observer = new Recorded { Saw = seen => { if (seen.Stage == stage && seen.Fraction is not null) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => new StudyRun(Resolve(overrides), new(folder.File(run), 0, CPU), observer).Execute(source.Token));
    }

    private Study Resolve(params string[] overrides)
    {
        string text = StudyText.Tiny.Replace("data: { kind: fractal, train_per_class: 300, held_out_per_class: 300 }\n", Vectors, StringComparison.Ordinal);
        // reports come every 50 steps, and so does the observer's chance to stop a training
        return StudyText.Resolve(folder, text, ["denoiser.training.steps=70", "postprocessor.training.steps=70", .. overrides]);
    }

    private Recorded Execute(string run)
    {
        var observer = new Recorded();
        new StudyRun(Resolve(), new(folder.File(run), 0, CPU), observer).Execute(TestContext.Current.CancellationToken);
        return observer;
    }

    private void AssertEqualModels(string expected, string found)
    {
        foreach (string model in Directory.GetFiles(folder.File(expected), "model.safetensors", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Path.Combine(folder.File(found), Path.GetRelativePath(folder.File(expected), model))));
    }

    private void Write(string name, int key)
    {
        var labels = arange(200, ScalarType.Int64).remainder(2);
        Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["points"] = new RandomKey((ulong)key).Normal(0, 200, [2]) + labels.unsqueeze(1), ["labels"] = labels });
    }
}
