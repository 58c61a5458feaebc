using TorchSharp;
using Veer.Data;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class SampleLookTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Sets_that_fit_each_other_have_no_findings() =>
        Assert.Empty(SampleLook.Findings([Vectors("g", 1), Vectors("h", 2)], Vectors("r", 3), Vectors("t", 4), neighbors: 5, SampleUse.Fit, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData(SampleUse.Evaluation)]
    [InlineData(SampleUse.Fit)]
    public void Another_shape_is_a_fault(SampleUse use)
    {
        var images = Samples.From("i", new LabeledData(Uniform(1, 20, 1, 1, 2), arange(20, ScalarType.Int64).remainder(2), 2), labelled: true);
        var finding = Assert.Single(Look(images, use: use));
        Assert.Equal(new Finding("i: samples: found images of 1 x 1 x 2, expected vectors of 2, as in r", IsFault: true), finding);
        Refusal.Of(() => SampleLook.Require([images], Vectors("r", 3), null, 5, use), finding.Line);
    }

    [Fact]
    public void Numbers_of_another_unit()
    {
        var far = Samples.From("g", Vectors("g", 1).Data with { Points = Vectors("g", 1).Data.Points * 255 }, labelled: true);
        Assert.Contains(Look(far, use: SampleUse.Fit), finding => finding.IsFault && finding.Line.StartsWith("g: points: found ", StringComparison.Ordinal));
        Assert.Contains(Look(far), finding => !finding.IsFault && finding.Line.Contains("expected numbers like those of r", StringComparison.Ordinal));
    }

    [Fact]
    public void Types_of_numbers_are_compared_of_files_alone()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, type) in new[] { ("bytes.npz", ScalarType.Byte), ("floats.npz", ScalarType.Float32) })
            Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["images"] = (Uniform(1, 20, 4, 4, 1) * 255).floor().to(type) });
        var (bytes, floats) = (Samples.Read(folder.File("bytes.npz")), Samples.Read(folder.File("floats.npz")));
        Assert.Contains(Look(bytes, floats), line => line.Contains("uint8 numbers, where", StringComparison.Ordinal));
        Assert.DoesNotContain(Look(bytes, Samples.From("r", floats.Data, labelled: false)), line => line.Contains("numbers, where", StringComparison.Ordinal));

        static IEnumerable<string> Look(Samples set, Samples real) =>
            SampleLook.Findings([set], real, null, 1, cancellation: TestContext.Current.CancellationToken).Select(finding => finding.Line);
    }

    [Fact]
    public void Labels_and_classes_on_one_side()
    {
        var data = Vectors("g", 1).Data;
        Assert.Contains(new Finding("g: labels: found no labels, where r has labels: classes are not told apart", IsFault: false), Look(Samples.From("g", data, labelled: false)));
        Assert.Contains(new Finding("g: labels: found no labels, where r has labels", IsFault: true), Look(Samples.From("g", data, labelled: false), use: SampleUse.Fit));
        var more = Samples.From("g", data with { Labels = arange(20, ScalarType.Int64).remainder(3), Classes = 3 }, labelled: true);
        Assert.Contains(new Finding("g: classes: found class 2, of which r has no sample", IsFault: true), Look(more));
        var less = Samples.From("g", data with { Labels = zeros(20, ScalarType.Int64) }, labelled: true);
        Assert.Contains(new Finding("g: classes: found no sample of class 1, of which r has some", IsFault: false), Look(less));
        Assert.Contains(new Finding("g: classes: found no sample of class 1, of which r has some: real ones of other classes are passed over", IsFault: false), Look(less, use: SampleUse.Fit));
    }

    [Theory]
    [InlineData("ant cat", "cat ant dog", "1 0")]
    [InlineData("0 1", "cat ant dog", "0 1")]
    [InlineData("90 180", "0 90 180 270", "1 2")]
    [InlineData("0 1", "0 90 180 270", null)]
    [InlineData("ant owl", "cat ant dog", null)]
    [InlineData("1 2", "cat ant dog", null)]
    public void Classes_of_a_model_are_known_by_their_names(string own, string known, string? labels)
    {
        var samples = new Samples("g", "folder", new(zeros(2, 2), arange(2, ScalarType.Int64), 2), labelled: true) { ClassNames = own.Split(' ') };
        if (labels is null) Assert.Throws<InputException>(() => ClassesLook.Among(samples, known.Split(' ')));
        else Assert.Equal(labels, string.Join(' ', ClassesLook.Among(samples, known.Split(' ')).Data.Labels.data<long>().ToArray()));
    }

    [Fact]
    public void Folders_named_by_other_numbers_are_not_the_labels_of_these_numbers()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["3", "5", "7"])
        {
            Directory.CreateDirectory(folder.File($"digits/{name}"));
            for (int i = 0; i < 3; i++) folder.File($"digits/{name}/{i}.png", SampleImages.Png(i));
        }
        var digits = Samples.Read(folder.File("digits"));
        var real = Samples.From("r", digits.Data with { Labels = digits.Data.Labels * 2 + 3, Classes = 8 }, labelled: true);
        string misread = $"{digits.Path}: classes: found 3, 5, 7, which are labels 0 to 2 in this order, expected those of r, whose labels are numbers";
        foreach (var (one, other) in ((Samples, Samples)[])[(digits, real), (real, digits)])
            Assert.Contains(new Finding(misread, IsFault: true), SampleLook.Findings([one], other, null, 1, cancellation: TestContext.Current.CancellationToken));
        Refusal.Of(() => SampleLook.RequireClasses(real, digits), misread);
        // as those of these folders they may be
        SampleLook.RequireClasses(Samples.From("r", digits.Data, labelled: true), digits);
        // and folders "0", "1", "2" are
        foreach (int label in (int[])[0, 1, 2]) Directory.Move(folder.File($"digits/{3 + (2 * label)}"), folder.File($"digits/{label}"));
        SampleLook.RequireClasses(Samples.Read(folder.File("digits")), real);
    }

    [Fact]
    public void Files_of_one_generator_must_both_have_labels()
    {
        var findings = SampleLook.Findings([Vectors("g", 1), Samples.From("h", Vectors("h", 2).Data, labelled: false)], Vectors("r", 3), null, 5, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(new Finding("h: labels: found no labels, expected labels, as in g", IsFault: true), findings[0]);
    }

    [Fact]
    public void Too_few_in_a_class()
    {
        string line = "r: samples: found 10 samples in each of classes 0, 1, expected at least 11, as many as neighbours are asked for";
        Assert.Contains(new Finding(line, IsFault: true), SampleLook.Findings([Vectors("g", 1)], Vectors("r", 3), null, 11, SampleUse.Fit, TestContext.Current.CancellationToken));
        Assert.Contains(new Finding(line, IsFault: false), SampleLook.Findings([Vectors("g", 1)], Vectors("r", 3), null, 11, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Classes_of_different_sizes_are_counted_as_they_are()
    {
        var labels = cat([zeros(1, ScalarType.Int64), ones(3, ScalarType.Int64), full(16, 2, ScalarType.Int64)]);
        var set = Samples.From("g", Vectors("g", 1).Data with { Labels = labels, Classes = 3 }, labelled: true);
        Assert.Contains("g: samples: found 1 to 3 samples in each of classes 0, 1, expected at least 5, as many as neighbours are asked for",
            SampleLook.Findings([set], set, null, 5, cancellation: TestContext.Current.CancellationToken).Select(finding => finding.Line));
        Assert.Contains("g: samples: found 1 sample in class 0, expected at least 2, as many as neighbours are asked for",
            SampleLook.Findings([set], set, null, 2, cancellation: TestContext.Current.CancellationToken).Select(finding => finding.Line));
    }

    [Fact]
    public void Equal_rows_are_counted_within_and_across()
    {
        Samples real = Vectors("r", 3), heldOut = Vectors("t", 4), other = Vectors("h", 2);
        var points = Vectors("g", 1).Data.Points.clone();
        points[1] = points[0];
        points[2] = real.Data.Points[7];
        points[3] = other.Data.Points[7];
        var seen = heldOut.Data.Points.clone();
        seen[5] = real.Data.Points[0];
        string[] lines =
        [
            .. SampleLook.Findings(
                [Samples.From("g", real.Data with { Points = points }, labelled: true), other], real, Samples.From("t", real.Data with { Points = seen }, labelled: true), 5, cancellation: TestContext.Current.CancellationToken)
                .Select(finding => finding.Line),
        ];
        Assert.Equal(
        [
            "g: 1 (5 %) of the samples repeat an earlier one", "g: 1 (5 %) of the samples are in h", "g: 1 (5 %) of the samples are real ones of r",
            "t: 1 (5 %) of the samples are in r: they are no points that a model has not seen",
        ], lines);
    }

    [Fact]
    public void Images_are_compared_as_the_bytes_that_they_stand_for()
    {
        var bytes = (Uniform(3, 4, 1, 3, 3) * 255).floor() / 127.5 - 1;
        var real = Samples.From("r", new LabeledData(bytes, zeros(4, ScalarType.Int64), 1), labelled: false);
        var close = Samples.From("g", new LabeledData(bytes + 1e-3, zeros(4, ScalarType.Int64), 1), labelled: false);
        Assert.Contains(new Finding("g: 4 (100 %) of the samples are real ones of r", IsFault: false), SampleLook.Findings([close], real, null, 1, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Constant_images_zeros_and_numbers_that_are_none()
    {
        var images = Uniform(1, 4, 1, 3, 3);
        images[2] = 0.25f;
        var real = Samples.From("r", new LabeledData(Uniform(2, 4, 1, 3, 3), zeros(4, ScalarType.Int64), 1), labelled: false);
        var token = TestContext.Current.CancellationToken;
        Assert.Contains(new Finding("g: 1 (25 %) of the images are of one colour", IsFault: false), SampleLook.Findings([real.With("g", images)], real, null, 1, cancellation: token));
        Assert.Contains(new Finding("g: all samples are equal", IsFault: true), SampleLook.Findings([real.With("g", ones(4, 1, 3, 3))], real, null, 1, SampleUse.Fit, token));
        Assert.Contains(new Finding("g: all numbers are 0", IsFault: false), SampleLook.Findings([Vectors("g", 1).With("g", zeros(20, 2))], Vectors("r", 3), null, 1, cancellation: token));
        Assert.Equal([new Finding("g: points: found numbers that are not finite, expected finite ones", IsFault: true)], SampleLook.Findings([real.With("g", images / 0)], real, null, 1, cancellation: token));
    }

    [Fact]
    public void Another_number_of_samples_is_told_where_they_are_measured()
    {
        var data = Vectors("g", 1).Data.Slice(0, 12);
        const string Word = "g: 12 samples, r has 20: most distances depend on the number";
        Assert.Contains(new Finding(Word, IsFault: false), Look(Samples.From("g", data, labelled: true)));
        Assert.DoesNotContain(Look(Samples.From("g", data, labelled: true), SampleUse.Fit), finding => finding.Line == Word);
    }

    private static IReadOnlyList<Finding> Look(Samples generated, SampleUse use = SampleUse.Evaluation) =>
        SampleLook.Findings([generated], Vectors("r", 3), null, neighbors: 5, use, TestContext.Current.CancellationToken);

    private static Tensor Uniform(int seed, params long[] shape) => rand(shape, generator: RandomKey.From(seed, "images").Generator());

    private static Samples Vectors(string name, int seed)
    {
        var points = RandomKey.From(seed, "samples").Normal(0, 20, [2]);
        return Samples.From(name, new LabeledData(points, arange(20, ScalarType.Int64).remainder(2), 2), labelled: true);
    }
}

file static class Named
{
    public static Samples With(this Samples samples, string name, Tensor points) => Samples.From(name, samples.Data with { Points = points }, samples.Labelled);
}
