using System.Text.Json;
using Veer.Data;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Studies.Pipeline;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>Studies of given samples, from end to end.</summary>
public sealed class GivenRunTests : IDisposable
{
    private const string Vectors = "title: Given\ndata: { kind: vectors, train: real.npz, held_out: held.npz }\n";

    private readonly TemporaryFolder folder = new();

    public GivenRunTests()
    {
        GivenFiles.WriteVectors(folder, "real.npz", 1);
        GivenFiles.WriteVectors(folder, "held.npz", 2);
        GivenFiles.WriteVectors(folder, "gan.npz", 3, offset: 1);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Vectors_are_divided_repaired_and_measured_and_not_made_again()
    {
        string[] made = [.. Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n").Made];
        Assert.Equal(["samples gan", "validation gan", "repaired gan", "numbers", "report"], made);
        var parts = new[] { "generated/gan-w1/test.npz", "generated/gan-w1/training.npz", "validation/gan-w1/samples.npz" }.Select(Rows).ToList();
        Assert.Equal((40, 120, 40), (parts[0].Count, parts[1].Count, parts[2].Count));
        // every sample in one part, as it was
        Assert.Equal(RowsOf(Npz.Read(folder.File("gan.npz"))["points"]).Order(), parts.SelectMany(part => part).Order());
        var rows = Results.Read(folder.File("run/results.json"), TestContext.Current.CancellationToken).Rows;
        Assert.Equal(["real", "before", "repaired"], rows.Select(row => row.Stage).Distinct());
        Assert.Equal(["none", "gan"], rows.Select(row => row.Guidance).Distinct());
        Assert.DoesNotContain(rows, row => row.Stage == "before" && row.Metric is "seconds" or "bend");
        Assert.Contains(rows, row => row is { Class: "1", Stage: "repaired", Metric: "sliced-wasserstein-2" });
        Assert.Single(rows, row => row.Metric == "strength");
        Assert.Empty(Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n").Made);
    }

    [Fact]
    public void The_report_says_before_and_after_and_no_scale()
    {
        Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n");
        string page = File.ReadAllText(folder.File("run/report.html"));
        foreach (string present in (string[])["real against real (floor)", "How far to repair", "nearest held-out point", "“Before” are the samples as they were given"])
            Assert.Contains(present, page, StringComparison.Ordinal);
        Assert.DoesNotContain("w = 1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("guided sampling", page, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("run/figures/strength.png")));
        Assert.Contains("training point", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_numbers_come_of_two_files_as_of_one_that_holds_both()
    {
        var (first, second) = (Npz.Read(folder.File("gan.npz")), Npz.Read(folder.File("held.npz")));
        Npz.Write(folder.File("both.npz"), first.ToDictionary(entry => entry.Key, entry => cat([entry.Value, second[entry.Key]])));
        Execute(Vectors + "generated: { gan: { samples: [gan.npz, held.npz] } }\n");
        string two = Numbers();
        Execute(Vectors + "generated: { gan: { samples: [both.npz] } }\n");
        Assert.Equal(two, Numbers());
    }

    [Fact]
    public void Several_scales_share_a_postprocessor_and_have_rows_of_their_own()
    {
        var observer = Execute(Vectors + "generated: { gan: { scales: { 1: held.npz, 3: gan.npz } }, other: { samples: [gan.npz] } }\npostprocessor: { neighbors: 5 }\n");
        Assert.Contains("samples gan w = 3", observer.Made);
        // samples of one scale have nothing to be told of
        using (var told = Postprocessor.Load(folder.File("run/models/postprocessor-repaired-gan"))) Assert.Equal((4, 2), (told.Classes, told.Scales?.Scales.Count));
        using (var untold = Postprocessor.Load(folder.File("run/models/postprocessor-repaired-other"))) Assert.Equal((2, null), (untold.Classes, untold.Scales));
        Assert.Contains("repaired gan", observer.Made);
        var rows = Results.Read(folder.File("run/results.json"), TestContext.Current.CancellationToken).Rows;
        Assert.Equal([1, 3], rows.Where(row => row.Stage == "repaired" && row.Guidance == "gan").Select(row => row.Scale).Distinct());
        Assert.Contains("w = 3", File.ReadAllText(folder.File("run/report.html")), StringComparison.Ordinal);
        // of the same samples at another scale it is another one
        Assert.Contains("repaired gan", Execute(Vectors + "generated: { gan: { scales: { 1: held.npz, 5: gan.npz } } }\npostprocessor: { neighbors: 5 }\n").Made);
        using var other = Postprocessor.Load(folder.File("run/models/postprocessor-repaired-gan"));
        Assert.Equal([1.0, 5], other.Scales!.Scales);
    }

    [Fact]
    public void More_scales_than_samples_that_tell_when_to_stop_have_one_each()
    {
        GivenFiles.WriteVectors(folder, "few.npz", 4, offset: 1, count: 100);
        string scales = string.Join(", ", Enumerable.Range(1, 21).Select(scale => $"{scale}: few.npz"));
        Execute(Vectors + $"generated: {{ gan: {{ scales: {{ {scales} }} }} }}\npostprocessor: {{ neighbors: 5 }}\n", [.. GivenFiles.Vectors, "evaluation.metrics=[nn-distance]"]);
        Assert.True(File.Exists(folder.File("run/report.html")));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Without_labels_on_a_side_all_are_of_one_class(bool real, bool generated)
    {
        GivenFiles.WriteVectors(folder, "real.npz", 1, labelled: real);
        GivenFiles.WriteVectors(folder, "gan.npz", 3, offset: 1, labelled: generated);
        var observer = Execute("title: Given\ndata: { kind: vectors, train: real.npz }\ngenerated: { gan: { samples: [gan.npz] } }\n");
        Assert.Equal(real != generated, observer.Warnings.Any(line => line.EndsWith("has no labels: all samples are repaired and measured as one class", StringComparison.Ordinal)));
        // a fifth of the real points is held out
        Assert.Contains(observer.Warnings, line => line.Contains("40 of 200 are held out", StringComparison.Ordinal));
        Assert.Equal(40, Npz.Read(folder.File("run/samples/real.npz"))["points"].shape[0]);
        Assert.Equal(0, Npz.Read(folder.File("run/samples/gan-w1.npz"))["labels"].max().item<long>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_are_repaired_as_vectors_are(bool labelled)
    {
        GivenFiles.WriteImages(folder, "real.npz", 1, labelled);
        GivenFiles.WriteImages(folder, "gan.npz", 2, labelled);
        Execute("title: Given\ndata: { kind: images, train: real.npz }\ngenerated: { gan: { samples: [gan.npz] } }\n", GivenFiles.Images);
        var stages = Npz.Read(folder.File("run/samples/gan-w1.npz"));
        Assert.Equal((ScalarType.Byte, "24 8 8 1"), (stages["repaired"].dtype, string.Join(' ', stages["repaired"].shape)));
        Assert.Equal(labelled ? 1 : 0, stages["labels"].max().item<long>());
        Assert.True(File.Exists(folder.File("run/figures/images-gan-w1.png")));
    }

    [Theory]
    [InlineData("gan.npz", "samples gan")]
    [InlineData("real.npz", "samples gan")]
    [InlineData("held.npz", "numbers")]
    public void A_file_that_has_changed_is_noticed(string name, string made)
    {
        const string text = Vectors + "generated: { gan: { samples: [gan.npz] } }\n";
        Execute(text);
        GivenFiles.WriteVectors(folder, name, 9, offset: 0.5);
        Assert.Contains(made, Recorded.Plan(Resolve(text), new(folder.File("run"), 0, CPU)));
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_to_the_same_numbers()
    {
        const string text = Vectors + "generated: { gan: { samples: [gan.npz] } }\n";
        using var source = new CancellationTokenSource();
        var observer = new Recorded { Saw = seen => { if (seen.Stage == "repaired gan" && seen.Detail.StartsWith("loss", StringComparison.Ordinal)) source.Cancel(); } };
        string[] longer = [.. GivenFiles.Vectors, "postprocessor.training.steps=200", "postprocessor.stopping.patience=100"];
        Assert.Throws<OperationCanceledException>(() => new StudyRun(Resolve(text, longer), new(folder.File("stopped/run"), 0, CPU), observer).Execute(source.Token));
        Execute(text, longer, "stopped/run");
        Execute(text, longer);
        Assert.Equal(Numbers(), Numbers("stopped/run"));
    }

    [Fact]
    public void Results_of_an_earlier_run_are_not_taken_for_those_of_one_that_was_stopped()
    {
        const string text = Vectors + "generated: { gan: { samples: [gan.npz] } }\n";
        Execute(text);
        byte[] earlier = File.ReadAllBytes(folder.File("gan.npz"));
        GivenFiles.WriteVectors(folder, "gan.npz", 9, offset: 0.5);
        StopAt("samples gan");
        Refusal.Of(() => FittedPostprocessor.Find(folder.File("run"), TestContext.Current.CancellationToken), "results.json: older than");
        // taken back, it has lost no model
        File.WriteAllBytes(folder.File("gan.npz"), earlier);
        Assert.Equal(["samples gan", "numbers", "report"], Execute(text).Made);
        Assert.Empty(Execute(text).Made);
        GivenFiles.WriteVectors(folder, "gan.npz", 9, offset: 0.5);
        StopAt("numbers");
        Refusal.Of(() => FittedPostprocessor.Find(folder.File("run"), TestContext.Current.CancellationToken), "results.json: older than");
        Assert.Equal(["numbers", "report"], Execute(text).Made);
        Assert.NotNull(FittedPostprocessor.Find(folder.File("run"), TestContext.Current.CancellationToken).StrengthAt(null));

        void StopAt(string stage)
        {
            using var source = new CancellationTokenSource();
            Recorded observer = null!;
            observer = new Recorded(() => { if (observer.Begun.LastOrDefault() == stage) source.Cancel(); });
            Assert.Throws<OperationCanceledException>(() => new StudyRun(Resolve(text), new(folder.File("run"), 0, CPU), observer).Execute(source.Token));
            Assert.True(File.Exists(folder.File("run/results.json")));
        }
    }

    [Fact]
    public void The_study_of_a_run_runs_again_in_its_folder_and_finds_all_made()
    {
        Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n");
        var again = StudyFile.Resolve(folder.File("run/study.yaml"), StudyFile.DefaultPreset, []);
        Assert.Equal(["report"], Recorded.Plan(again, new(folder.File("run"), 0, CPU)));
    }

    [Theory]
    [InlineData("gan.npz", 2, 99, "gan.npz: samples: found 99, expected at least 100")]
    [InlineData("real.npz", 2, 79, "real.npz: points: found 79, expected at least 80")]
    [InlineData("gan.npz", 3, 200, "class 2")]
    public void What_does_not_fit_is_refused_before_anything_is_made(string name, int classes, int count, string message)
    {
        GivenFiles.WriteVectors(folder, name, 5, count: count, classes: classes);
        Refusal.Of(() => Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n"), name, message);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Samples_of_a_few_classes_are_repaired_towards_these_alone()
    {
        foreach (var (name, key) in (IEnumerable<(string, ulong)>)[("real.npz", 1), ("held.npz", 2), ("gan.npz", 3)]) GivenFiles.WriteVectors(folder, name, key, count: 900, classes: 6);
        using (NewDisposeScope())
        {
            var all = Npz.Read(folder.File("gan.npz"));
            var kept = all["labels"].eq(0).logical_or(all["labels"].eq(5));
            Npz.Write(folder.File("gan.npz"), new Dictionary<string, Tensor> { ["points"] = all["points"][kept] + 1, ["labels"] = all["labels"][kept] });
        }
        Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n");
        Assert.Equal([0L, 5], Npz.Read(folder.File("run/samples/real.npz"))["labels"].data<long>().ToArray().Distinct().Order());
        var classes = Results.Read(folder.File("run/results.json"), TestContext.Current.CancellationToken).Rows.Select(row => row.Class).Distinct();
        Assert.Equal(["0", "5", "all"], classes.Order(StringComparer.Ordinal));
        Assert.True(File.Exists(folder.File("run/report.html")));
    }

    [Fact]
    public void Points_of_more_dimensions_are_drawn_where_they_are_spread_most()
    {
        foreach (var (name, key) in (IEnumerable<(string, long)>)[("real.npz", 1), ("held.npz", 2), ("gan.npz", 3)])
        {
            using var scope = NewDisposeScope();
            Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["points"] = RandomKey.From(key, "points").Normal(0, 200, [4]) * tensor(new[] { 0.1f, 0.1f, 1, 2 }) });
        }
        Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n");
        Assert.Contains("Seen along the two directions in which the real points are spread most", File.ReadAllText(folder.File("run/report.html")), StringComparison.Ordinal);
        using var plane = new PrincipalPlane(Npz.Read(folder.File("held.npz"))["points"]);
        float[] spread = plane.See(Npz.Read(folder.File("held.npz"))["points"]).std(0).data<float>().ToArray();
        Assert.InRange(spread[0], 1.7, 2.3);
        Assert.InRange(spread[1], 0.8, 1.2);
    }

    [Fact]
    public void Messages_name_files_without_detours()
    {
        Directory.CreateDirectory(folder.File("there"));
        GivenFiles.WriteVectors(folder, "gan.npz", 3, count: 99);
        File.WriteAllText(folder.File("there/study.yaml"), "title: Given\ndata: { kind: vectors, train: ../real.npz }\ngenerated: { gan: { samples: [../gan.npz] } }\n");
        var study = StudyFile.Resolve(folder.File("there/study.yaml"), StudyFile.DefaultPreset, []);
        Refusal.Of(() => new StudyRun(study, new(folder.File("run"), 0, CPU), new Recorded()).Check(), folder.File("gan.npz") + ": samples: found 99");
    }

    [Fact]
    public void A_class_too_small_to_be_shared_out_is_counted_as_it_is()
    {
        using (NewDisposeScope())
        {
            var all = Npz.Read(folder.File("real.npz"));
            all["labels"][0] = 2;
            Npz.Write(folder.File("real.npz"), all);
            Npz.Write(folder.File("gan.npz"), new Dictionary<string, Tensor> { ["points"] = all["points"] + 0.5, ["labels"] = all["labels"] });
        }
        Refusal.Of(() => Execute("title: Given\ndata: { kind: vectors, train: real.npz }\ngenerated: { gan: { samples: [gan.npz] } }\n"), "real.npz: labels: found 1 sample of class 2, expected so many");
    }

    [Fact]
    public void Samples_of_another_shape_or_kind_are_refused()
    {
        Npz.Write(folder.File("gan.npz"), new Dictionary<string, Tensor> { ["points"] = rand(200, 3), ["labels"] = arange(200, ScalarType.Int64).remainder(2) });
        Refusal.Of(() => Execute(Vectors + "generated: { gan: { samples: [gan.npz] } }\n"), "gan.npz: samples: found vectors of 3, expected vectors of 2");
        Refusal.Of(() => Execute(Vectors.Replace("vectors", "images", StringComparison.Ordinal) + "generated: { gan: { samples: [gan.npz] } }\n", GivenFiles.Images), "data.kind: found 'images', expected 'vectors'");
    }

    [Fact]
    public void The_closed_form_of_given_samples_is_known_where_the_data_have_one()
    {
        var truth = Veer.ClosedForm.Fractal.Mixture();
        var labels = arange(120, ScalarType.Int64).remainder(2);
        SampleFile.Write(folder.File("gan.npz"), truth.Sample(labels, new RandomKey(3)), labels);
        Execute("title: Given\ndata: { kind: fractal, train_per_class: 100, held_out_per_class: 100 }\ngenerated: { gan: { samples: [gan.npz] } }\n");
        Assert.Contains("\"outliers\"", File.ReadAllText(folder.File("run/results.json")), StringComparison.Ordinal);
    }

    private Recorded Execute(string text, string[]? settings = null, string run = "run")
    {
        var observer = new Recorded();
        new StudyRun(Resolve(text, settings), new(folder.File(run), 0, CPU), observer).Execute(TestContext.Current.CancellationToken);
        return observer;
    }

    private Study Resolve(string text, string[]? settings = null) => StudyText.Resolve(folder, text, settings ?? GivenFiles.Vectors);

    private string Numbers(string run = "run") => string.Join('\n', Results.Read(folder.File($"{run}/results.json"), TestContext.Current.CancellationToken)
        .Rows.Where(row => row.Metric != "seconds").Select(row => JsonSerializer.Serialize(row)));

    private List<string> Rows(string file) => RowsOf(Npz.Read(folder.File($"run/{file}"))["points"]);

    private static List<string> RowsOf(Tensor points) => [.. points.data<float>().ToArray().Chunk((int)points.shape[1]).Select(row => string.Join(' ', row))];
}
