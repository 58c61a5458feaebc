using System.Text.Json.Nodes;
using Veer.Data;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Studies.Pipeline;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Veer.Tests.Studies;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

/// <summary><c>veer postprocess</c>, started as users do.</summary>
public sealed class PostprocessCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PostprocessCommandTests()
    {
        GivenFiles.WriteVectors(folder, "real.npz", 1);
        GivenFiles.WriteVectors(folder, "gan.npz", 2, offset: 1);
        GivenFiles.WriteVectors(folder, "more.npz", 3, offset: 1, count: 37);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_fit_leaves_apply_finds_and_repairs_more_with()
    {
        var fitted = await Fit();
        Assert.True(fitted.ExitCode == 0, fitted.Error);
        // what was chosen stands before the plan
        Assert.InRange(fitted.Output.IndexOf("pairing: balanced", StringComparison.Ordinal), 0, fitted.Output.IndexOf("into repair", StringComparison.Ordinal));
        Assert.Contains("<div class=\"answer\"><p><strong>Generated</strong></p>", File.ReadAllText(folder.File("repair/report.html")), StringComparison.Ordinal);
        // what will be done, not what the recipe would have done
        Assert.Contains("training: at most 30 steps of 64,", fitted.Output, StringComparison.Ordinal);
        Assert.Contains("until held-out points come no nearer in 20 steps: as --set says", fitted.Output, StringComparison.Ordinal);
        Assert.Contains("solver: euler, 1 step: as --set says", fitted.Output, StringComparison.Ordinal);
        // what came of it, at the end
        string[] lines = fitted.Output.TrimEnd('\n').Split('\n');
        Assert.Matches(@"^generated: strength (0\.25|0\.5|0\.75|1); Distance to nearest .* -> .* \(to held-out points, real against real .*\)|^generated: strength 0: the samples stay as they are", lines[^1]);
        Assert.EndsWith("report.html", lines[^2], StringComparison.Ordinal);
        var applied = await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "repair", "--input", "more.npz", "--out", "out/better.npz", "--strength", "1", "--device", "cpu");
        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Equal("out/better.npz", applied.Output.Trim());
        var (before, after) = (Npz.Read(folder.File("more.npz")), Npz.Read(folder.File("out/better.npz")));
        Assert.Equal(["labels", "points"], after.Keys.Order());
        Assert.Equal(before["labels"].data<long>().ToArray(), after["labels"].data<long>().ToArray());
        Assert.Equal(before["points"].shape, after["points"].shape);
        Assert.False(before["points"].allclose(after["points"]));
        // and so does the model's own folder
        string model = FittedPostprocessor.Find(folder.File("repair"), TestContext.Current.CancellationToken).Folder;
        var same = await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", model, "--input", "more.npz", "--out", "same.npz", "--solver", "euler", "--steps", "1", "--device", "cpu");
        Assert.True(same.ExitCode == 0, same.Error);
        // read anew: tensors from before an await may belong to a dispose scope of the thread that they were read on
        Assert.True(Npz.Read(folder.File("out/better.npz"))["points"].allclose(Npz.Read(folder.File("same.npz"))["points"]));
        // of one set nothing hangs on a scale
        foreach (string[] command in (string[][])[["apply", "--input", "more.npz", "--out", "b.npz"], ["export", "--out", "b.onnx"]])
            (await VeerProcess.Run(folder.Path, ["postprocess", .. command, "--model", "repair", "--scale", "3"])).RefusedLast("--scale: found 3, expected nothing: the model is told no scale, and the run recommends one strength");
        // the study that it leaves is one that runs
        var again = await VeerProcess.Run(folder.Path, "run", "repair/study.yaml", "--out", "repair", "--device", "cpu", "--check");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("repaired generated    taken from repair", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_was_saved_into_a_run_is_not_taken_for_it()
    {
        Assert.Equal(0, (await Fit()).ExitCode);
        string model = FittedPostprocessor.Find(folder.File("repair"), TestContext.Current.CancellationToken).Folder;
        // and what a run or a model holds is not replaced
        byte[] weights = File.ReadAllBytes(Path.Combine(model, "model.safetensors"));
        string[] apply = ["postprocess", "apply", "--model", "repair", "--input", "more.npz", "--out"];
        (await VeerProcess.Run(folder.Path, [.. apply, Path.Combine(model, "model.safetensors")])).RefusedWith("--out", "which is a model, expected another place");
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model, "model.safetensors")));
        (await VeerProcess.Run(folder.Path, [.. apply, "repair/generated/generated-w1/test.npz"])).RefusedWith("--out", "which is a run, expected another place");
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", "more.npz", "--reference", "real.npz", "--report", "repair/models")).RefusedWith("--report", "which is a run, expected another place");
        foreach (string file in (string[])["config.json", "model.safetensors"]) File.Copy(Path.Combine(model, file), folder.File($"repair/{file}"));
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "repair", "--input", "more.npz", "--out", "b.npz")).RefusedLast("postprocessors: found a model beside a run, expected one of them");
    }

    [Fact]
    public async Task A_fit_beside_another_of_the_same_samples_takes_over_what_it_made()
    {
        Assert.Equal(0, (await Fit()).ExitCode);
        Directory.Move(folder.File("repair"), folder.File("earlier"));
        var beside = await Fit("--set", "postprocessor.training.learning_rate=0.01");
        Assert.True(beside.ExitCode == 0, beside.Error);
        Assert.Contains("validation generated  taken from earlier", beside.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(folder.File("earlier/validation/generated-w1/samples.npz")), File.ReadAllBytes(folder.File("repair/validation/generated-w1/samples.npz")));
    }

    [Fact]
    public async Task Samples_of_another_shape_are_refused_before_anything_is_chosen()
    {
        using (NewDisposeScope()) Npz.Write(folder.File("wide.npz"), new Dictionary<string, Tensor> { ["points"] = RandomKey.From(0, "wide").Normal(0, 200, [3]) });
        var fitted = await VeerProcess.Run(folder.Path, "postprocess", "fit", "--generated", "wide.npz", "--real", "real.npz", "--out", "repair");
        fitted.RefusedWith("wide.npz", "vectors of 3", "vectors of 2");
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "repair", "--input", "more.npz", "--out", "more.npz")).RefusedWith("--out", "an input of this command");
    }

    [Fact]
    public async Task The_recommended_strength_is_the_default()
    {
        Assert.Equal(0, (await Fit()).ExitCode);
        var results = JsonNode.Parse(File.ReadAllText(folder.File("repair/results.json")))!.AsObject();
        foreach (var row in results["rows"]!.AsArray().Where(row => (string)row!["metric"]! == "strength")) row!["value"] = 0;
        File.WriteAllText(folder.File("repair/results.json"), results.ToJsonString().Replace("\"strength\",\"value\":0", "\"strength\",\"value\":7", StringComparison.Ordinal));
        string[] apply = ["postprocess", "apply", "--model", "repair", "--input", "more.npz", "--device", "cpu", "--out"];
        (await VeerProcess.Run(folder.Path, [.. apply, "b.npz"])).RefusedLast("strength: found 7, expected 0 to 1");
        File.WriteAllText(folder.File("repair/results.json"), results.ToJsonString());
        var applied = await VeerProcess.Run(folder.Path, [.. apply, "same.npz"]);
        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Contains("strength 0, euler, 1 step", applied.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(folder.File("more.npz")), File.ReadAllBytes(folder.File("same.npz")));
        Assert.Equal(0, (await VeerProcess.Run(folder.Path, [.. apply, "same.csv"])).ExitCode);
        Assert.True(Samples.Read(folder.File("more.npz")).Data.Points.equal(Samples.Read(folder.File("same.csv")).Data.Points).all().item<bool>());
    }

    [Fact]
    public async Task What_is_said_of_the_files_stays_in_the_study()
    {
        foreach (var (name, key) in (IEnumerable<(string, long)>)[("gan.npz", 1), ("real.npz", 2)])
        {
            using var scope = NewDisposeScope();
            Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["left"] = RandomKey.From(key, "left").Normal(0, 200, [2]), ["right"] = RandomKey.From(key, "right").Normal(0, 200, [3]) });
        }
        (await Fit("--check")).RefusedLast("arrays: found left, right");
        var (study, _) = FitStudy.Create(
            [folder.File("gan.npz")], folder.File("real.npz"), null, folder.File("repair"), GivenFiles.Vectors, new() { Array = "right" }, cancellation: TestContext.Current.CancellationToken);
        new StudyRun(study, new(folder.File("repair"), 0, CPU), new Recorded()).Execute(TestContext.Current.CancellationToken);
        Assert.Equal(3, Npz.Read(folder.File("repair/samples/real.npz"))["points"].shape[1]);
        var again = await Fit("--array", "right", "--check");
        Assert.True(again.ExitCode == 0, again.Error);
        var kept = StudyFile.Resolve(folder.File("repair/study.yaml"), StudyFile.DefaultPreset, []);
        Assert.Empty(Recorded.Plan(kept, new(folder.File("repair"), 0, CPU)));
        Assert.Contains("numbers               taken from repair", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checking_tells_choices_and_plan_and_writes_nothing()
    {
        var checkedOnly = await Fit("--check");
        Assert.True(checkedOnly.ExitCode == 0, checkedOnly.Error);
        Assert.Contains("repaired generated", checkedOnly.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("repair")));
        (await VeerProcess.Run(folder.Path, "postprocess", "fit", "--generated", "gan.npz", "--real", "real.npz", "--held-out", "real.npz", "--out", "repair")).RefusedWith("real.npz", "the very ones of");
        // what was begun and not ended says how to go on
        Directory.CreateDirectory(folder.File("begun"));
        File.WriteAllText(folder.File("begun/study.yaml"), "title: begun\n");
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "begun", "--input", "more.npz", "--out", "b.npz")).RefusedLast("expected a finished one: the command that began it goes on");
    }

    [Fact]
    public async Task A_folder_of_other_files_is_left_alone()
    {
        Directory.CreateDirectory(folder.File("repair"));
        File.WriteAllText(folder.File("repair/cat.png"), "a picture");
        (await Fit()).RefusedWith("--out: found 'repair', a folder that holds no run (cat.png is in it)", "a new or empty folder");
        Assert.Single(Directory.GetFileSystemEntries(folder.File("repair")));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_no_work_begins()
    {
        // root writes anywhere: without its capabilities it is a user like others
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "needs root and setpriv");
        Directory.CreateDirectory(folder.File("closed"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (string[] arguments in (string[][])
            [["postprocess", "fit", "--generated", "gan.npz", "--real", "real.npz", "--out", "closed/repair"], ["neighbors", "--queries", "gan.npz", "--real", "real.npz", "--out", "closed/n.npz"],
             ["postprocess", "apply", "--model", "repair", "--input", "gan.npz", "--out", "closed/b.npz"], ["evaluate", "--samples", "gan.npz", "--reference", "real.npz", "--report", "closed"]])
        {
            using var process = VeerProcess.StartWithout(folder.Path, arguments);
            (await VeerProcess.End(process)).RefusedWith("which cannot be written to, expected a place that can");
        }
    }

    [Fact]
    public async Task One_step_is_taught_applied_and_exported_in_the_place_of_the_flow()
    {
        var fit = await Fit("--one-step", "--set", "postprocessors.one-step.training.steps=20");
        Assert.True(fit.ExitCode == 0, fit.Error);
        Assert.Contains("one-step generated: done", fit.Output, StringComparison.Ordinal);
        string[] apply = ["postprocess", "apply", "--model", "repair", "--input", "gan.npz", "--out", "b.npz", "--strength", "1"];
        var applied = await VeerProcess.Run(folder.Path, apply);
        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Contains("euler, 1 step", applied.Error, StringComparison.Ordinal);
        (await VeerProcess.Run(folder.Path, [.. apply, "--steps", "4"])).RefusedLast("--solver: found 4 steps of euler, expected nothing: this postprocessor has learned to repair in one step");
        Assert.Equal(0, (await VeerProcess.Run(folder.Path, "postprocess", "export", "--model", "repair", "--out", "b.onnx", "--strength", "1")).ExitCode);
        // a model of earlier settings stays in the folder, and is not taken for one of these
        Assert.Equal(0, (await Fit()).ExitCode);
        Assert.True(Directory.Exists(folder.File("repair/models/postprocessor-one-step-generated")));
        var flow = await VeerProcess.Run(folder.Path, [.. apply, "--steps", "4"]);
        Assert.True(flow.ExitCode == 0, flow.Error);
        Assert.Contains("4 steps", flow.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shape", "more.npz: samples: found [37, 3], expected [N, 2], as the model was fitted to")]
    [InlineData("no labels", "more.npz: labels: found none, expected one of 2 classes for each sample")]
    [InlineData("classes", "more.npz: labels: found label 2, expected 0 to 1, the classes of the model")]
    public async Task Samples_that_the_model_does_not_know_are_refused(string fault, string message)
    {
        Assert.Equal(0, (await Fit()).ExitCode);
        switch (fault)
        {
            case "shape": Npz.Write(folder.File("more.npz"), new Dictionary<string, Tensor> { ["points"] = rand(37, 3), ["labels"] = zeros(37, ScalarType.Int64) }); break;
            case "no labels": GivenFiles.WriteVectors(folder, "more.npz", 3, labelled: false); break;
            default: GivenFiles.WriteVectors(folder, "more.npz", 3, classes: 3); break;
        }
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "repair", "--input", "more.npz", "--out", "better.npz", "--device", "cpu")).RefusedLast(message);
        Assert.False(File.Exists(folder.File("better.npz")));
    }

    [Fact]
    public async Task Folders_of_other_classes_are_refused()
    {
        using (NewDisposeScope())
        {
            var images = new LabeledData(zeros(8, 3, 32, 32), arange(8, ScalarType.Int64).remainder(4), 4);
            var options = new PostprocessorOptions { Neighbors = 1, Unet = new() { Channels = 32, ResidualBlocks = 1, ChannelMultipliers = [1] }, Training = new() { Steps = 1, BatchSize = 2 } };
            using var four = Postprocessor.Fit(images, images, options, cancellation: TestContext.Current.CancellationToken);
            four.Save(folder.File("four"));
        }
        SampleImages.Folder(folder.File("three"));
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "four", "--input", "three", "--out", "out", "--device", "cpu"))
            .RefusedLast("classes: found Dog, ant, cat, expected the 4 that the model was fitted to");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Fact]
    public async Task A_few_classes_are_known_by_their_names_and_others_are_refused()
    {
        using (NewDisposeScope())
        {
            var images = new LabeledData(RandomKey.From(0, "images").Normal(0, 8, [3, 32, 32]) / 2, arange(8, ScalarType.Int64).remainder(4), 4);
            var options = new PostprocessorOptions { Neighbors = 1, Unet = new() { Channels = 32, ResidualBlocks = 1, ChannelMultipliers = [1], ScaleShiftNorm = true }, Training = new() { Steps = 40, BatchSize = 8, LearningRate = 3e-3 } };
            using var four = Postprocessor.Fit(images, images with { Points = images.Points + images.Labels.reshape(8, 1, 1, 1) - 1.5 }, options, new() { ClassNames = ["Dog", "ape", "ant", "cat"] }, TestContext.Current.CancellationToken);
            four.Save(folder.File("four"));
        }
        SampleImages.Folder(folder.File("three"));
        var applied = await Apply("three", "out");
        Assert.True(applied.ExitCode == 0, applied.Error);
        using (NewDisposeScope())
        using (var four = Postprocessor.Load(folder.File("four")))
        {
            var samples = Samples.Read(folder.File("three"));
            var expected = four.Apply(samples.Data.Points, tensor([0L, 2L, 3L]).index_select(0, samples.Data.Labels)).Samples;
            Assert.InRange((Samples.Read(folder.File("out")).Data.Points - expected.clamp(-1, 1)).abs().max().item<float>(), 0, 1.01f / 255);
            Assert.InRange((four.Apply(samples.Data.Points, samples.Data.Labels).Samples - expected).abs().max().item<float>(), 0.02f, 10);
        }

        // in a format that has no names, labels are the model's
        Assert.Equal(0, (await Apply("three", "out.npz", "--strength", "0")).ExitCode);
        Assert.Equal([0L, 2, 3], Npz.Read(folder.File("out.npz"))["arr_1"].data<long>().ToArray().Distinct().Order());

        Directory.Move(folder.File("three/ant"), folder.File("three/owl"));
        (await Apply("three", "other")).RefusedLast("classes: found owl, expected some of Dog, ape, ant, cat");
        Assert.False(Directory.Exists(folder.File("other")));

        Task<VeerProcess.Outcome> Apply(string input, string output, params string[] more) => VeerProcess.Run(
            folder.Path, ["postprocess", "apply", "--model", "four", "--input", input, "--out", output, "--device", "cpu", "--precision", "fp32", .. more]);
    }

    [Theory]
    [InlineData("--model: found nowhere, expected a folder", "apply", "--model", "nowhere", "--input", "more.npz", "--out", "b.npz")]
    [InlineData("postprocessors: found none, expected a finished run", "apply", "--model", ".", "--input", "more.npz", "--out", "b.npz")]
    [InlineData("--strength: found '2', expected a number from 0 to 1", "apply", "--model", ".", "--input", "more.npz", "--out", "b.npz", "--strength", "2")]
    [InlineData("nowhere.npz", "fit", "--generated", "nowhere.npz", "--real", "real.npz", "--out", "repair")]
    [InlineData("--generated: found gan.npz 3=gan.npz, expected FILE each, or SCALE=FILE each", "fit", "--generated", "gan.npz", "3=gan.npz", "--real", "real.npz", "--out", "repair")]
    [InlineData("found the scale 0 a second time", "fit", "--generated", "0=gan.npz", "-0=more.npz", "--real", "real.npz", "--out", "repair")]
    [InlineData("found the scale 3 a second time", "fit", "--generated", "3=gan.npz", "3=more.npz", "--real", "real.npz", "--out", "repair")]
    [InlineData("postprocessor.neighbors: found 0", "fit", "--generated", "gan.npz", "--real", "real.npz", "--out", "repair", "--set", "postprocessor.neighbors=0")]
    public async Task What_cannot_be_done_is_told_in_a_line(string message, params string[] arguments)
    {
        (await VeerProcess.Run(folder.Path, ["postprocess", .. arguments])).RefusedLast(message);
        Assert.False(Directory.Exists(folder.File("repair")));
        Assert.False(File.Exists(folder.File("b.npz")));
    }

    private Task<VeerProcess.Outcome> Fit(params string[] more) => VeerProcess.Run(folder.Path,
        ["postprocess", "fit", "--generated", "gan.npz", "--real", "real.npz", "--out", "repair", "--device", "cpu", .. GivenFiles.Vectors.SelectMany(set => (string[])["--set", set]), .. more]);
}
