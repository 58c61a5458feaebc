using Veer.Data;
using Veer.Formats;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

public sealed class StudyRunVectorsTests : IDisposable
{
    private const string Vectors = "{ kind: vectors, train: train.npz, held_out: held-out.npz }";

    private readonly TemporaryFolder folder = new();

    public StudyRunVectorsTests()
    {
        Write("train.npz", 0);
        Write("held-out.npz", 1);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Points_of_ones_own_are_studied_without_what_only_a_closed_form_knows()
    {
        Execute();
        string results = File.ReadAllText(folder.File("run/results.json"));
        foreach (string present in (string[])["\"real\"", "\"one-for-all\"", "\"class\":\"2\"", "nn-distance", "wasserstein-2"])
            Assert.Contains(present, results, StringComparison.Ordinal);
        foreach (string absent in (string[])["\"outliers\"", "\"log-density\"", "\"off-class\""])
            Assert.DoesNotContain(absent, results, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("run/models/base/denoiser-error.json")));
        Assert.True(File.Exists(folder.File("run/report.html")));
        Assert.Equal([90, 3], Npz.Read(folder.File("run/samples/real.npz"))["points"].shape);
        // other points under the same name are noticed
        Assert.Empty(Execute().Made);
        Write("held-out.npz", 2);
        Assert.Equal(8, Recorded.Plan(Resolve(), new(folder.File("run"), 0, CPU)).Count);
    }

    [Fact]
    public void Principal_components_of_digits_outlive_what_they_are_made_in()
    {
        var random = new Random(0);
        Directory.CreateDirectory(folder.File("digits"));
        foreach (var (part, count) in (IEnumerable<(string, int)>)[("train", 60), ("t10k", 40)])
        {
            byte[] pixels = new byte[count * 28 * 28];
            random.NextBytes(pixels);
            folder.File($"digits/{part}-images-idx3-ubyte", IdxFile.Images(pixels, count));
            folder.File($"digits/{part}-labels-idx1-ubyte", IdxFile.Labels([.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]));
        }
        using var scope = NewDisposeScope();
        var data = StudyData.Load(Resolve($"data={{ kind: mnist-components, folder: '{folder.File("digits")}', components: 3, train: ~, held_out: ~ }}"), 0, TestContext.Current.CancellationToken);
        Assert.Equal([30, 3], data.Second.Points.shape);
        foreach (var points in (LabeledData[])[data.Train, data.HeldOut, data.Second]) Assert.True(points.Points.isfinite().all().item<bool>());
    }

    /// <summary>Points that are sorted by class: the floor's, fewer than all, are of every class.</summary>
    [Fact]
    public void The_floor_is_of_every_class()
    {
        using var scope = NewDisposeScope();
        foreach (string file in (string[])["train.npz", "held-out.npz"])
        {
            var arrays = Npz.Read(folder.File(file));
            var order = arrays["labels"].argsort();
            Npz.Write(folder.File(file), arrays.ToDictionary(array => array.Key, array => array.Value.index_select(0, order)));
        }
        var second = StudyData.Load(Resolve("sampling.test_samples=30"), 0, TestContext.Current.CancellationToken).Second;
        Assert.Equal(30, second.Count);
        Assert.True(second.Labels.bincount(null, 3).min().item<long>() >= 5);
    }

    [Fact]
    public void A_class_with_fewer_points_than_neighbours_is_refused() =>
        Refusal.Of(() => Execute("postprocessor.neighbors=31"), "30", "31");

    [Theory]
    [InlineData("train.npz", "NaN", "points: found NaN at row 7, column 1, expected finite")]
    [InlineData("held-out.npz", "NaN", "points: found NaN at row 7, column 1, expected finite")]
    [InlineData("train.npz", "rank", "points: found shape [90], expected [N, D]")]
    [InlineData("train.npz", "labels", "labels: found 89 labels, expected 90")]
    [InlineData("held-out.npz", "dimensions", "data.held_out: found points of 2 dimensions, expected 3")]
    [InlineData("held-out.npz", "classes", "labels: found label 3 at row 89, expected 0 to 2")]
    [InlineData("held-out.npz", "missing class", "labels: found no point of class 2, expected points of classes 0 to 2")]
    [InlineData("train.npz", "missing class", "labels: found no point of class 1, expected points of classes 0 to 2")]
    public void A_fault_of_the_points_is_told_in_a_line_before_anything_is_made(string file, string fault, string message)
    {
        var (points, labels) = Points(0);
        switch (fault)
        {
            case "NaN": points[7, 1] = float.NaN; break;
            case "rank": points = points.select(1, 0); break;
            case "labels": labels = labels.narrow(0, 0, 89); break;
            case "dimensions": points = points.narrow(1, 0, 2); break;
            case "classes": labels[89] = 3; break;
            case "missing class" when file == "train.npz": labels.masked_fill_(labels == 1, 0); break;
            default: labels.masked_fill_(labels == 2, 0); break;
        }
        Npz.Write(folder.File(file), new Dictionary<string, Tensor> { ["points"] = points.contiguous(), ["labels"] = labels.contiguous() });
        Refusal.Of(() => Execute(), message);
        Assert.False(Directory.Exists(folder.File("run/models")));
    }

    [Fact]
    public void An_exact_model_is_refused_where_there_is_no_closed_form()
    {
        Refusal.Of(() => Execute("guidance.denoiser=exact"), "guidances.classifier-free.denoiser: found 'exact', expected a trained model: data of kind vectors");
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Files_that_are_not_there_or_not_named_are_asked_for()
    {
        Refusal.Of(() => Execute("data.train=nothing.npz"), "nothing.npz", "no such file");
        Refusal.Of(() => Execute("data.held_out=null"), "study.yaml: data.held_out: found no such key, expected an .npz");
    }

    private Recorded Execute(params string[] overrides)
    {
        var observer = new Recorded();
        new StudyRun(Resolve(overrides), new(folder.File("run"), 0, CPU), observer).Execute(TestContext.Current.CancellationToken);
        return observer;
    }

    private Study Resolve(params string[] overrides) =>
        StudyText.Resolve(folder, StudyText.Tiny, [$"data={Vectors}", "sampling.test_samples=30", .. overrides]);

    private void Write(string name, long seed)
    {
        var (points, labels) = Points(seed);
        Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["points"] = points, ["labels"] = labels });
    }

    private static (Tensor Points, Tensor Labels) Points(long seed)
    {
        var labels = arange(90, ScalarType.Int64).remainder(3);
        return (RandomKey.From(seed, "points").Normal(0, 90, [3]) + 3 * labels.unsqueeze(1), labels);
    }
}
