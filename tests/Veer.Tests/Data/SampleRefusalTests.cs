using System.Text;
using TorchSharp;
using Veer.Data;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

/// <summary>Samples that cannot be read or written: one line that says why.</summary>
public sealed class SampleRefusalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("", "a.csv: file: found a file of 0 bytes")]
    [InlineData("\n \n", "a.csv: file: found no line with anything in it")]
    [InlineData("a,b\n", "a.csv: file: found a header alone")]
    [InlineData("1,2\n3\n", "a.csv: line 2: found 1 fields, expected 2, as the first line has")]
    [InlineData("a,b\n1,2\n\n3,4,5\n", "a.csv: line 4: found 3 fields, expected 2")]
    [InlineData("1;2\n1,5;2\n", "a.csv: line 2, column 1: found 1,5, expected a number, with a point before decimals")]
    [InlineData("NA,NA\n1,2\n", "a.csv: line 1, column 1: found NA, expected a number, or a header of names")]
    [InlineData("1,2\n3,nan\n", "a.csv: line 2, column 2: found nan, expected a finite number")]
    [InlineData("1,2\n3,\n", "a.csv: line 2, column 2: found nothing, expected a number")]
    [InlineData("1,2\n3,1e999\n", "a.csv: line 2, column 2: found 1e999, expected a finite number")]
    [InlineData("1,2\n3,1e99\n", "a.csv: points: found Infinity at row 1, column 1, expected finite float32 numbers (the file has 1E+99)")]
    [InlineData(",x,y\n0,1,2\n", "a.csv: line 1, column 1: found no name, expected a name for each column")]
    [InlineData("x,label\n0,1.5\n", "a.csv: label: found label 1.5 at row 0, expected a whole number, 0 to 999999")]
    [InlineData("x,label\n0,-1\n", "a.csv: label: found label -1 at row 0")]
    [InlineData("a,b\n\"1,5\",2\n", "a.csv: line 2, column 1: found 1,5, expected a number, with a point before decimals")]
    [InlineData("a,b\n\"1,2\n", "a.csv: line 2, column 1: found a quote that is not closed")]
    [InlineData("a,b\n\"1\"5,2\n", "a.csv: line 2, column 1: found letters behind a closing quote")]
    [InlineData("a,b\n1\",2\n", "a.csv: line 2, column 1: found 1\", expected a number")]
    [InlineData("a,b\n1\0,2\n", "a.csv: line 2: found a NUL")]
    [InlineData("label\n1\n", "a.csv: columns: found labels alone")]
    [InlineData("a,label,class\n1,0,1\n", "a.csv: columns: found label, class, expected labels in one of them")]
    [InlineData("a,Class\n1,0.5\n", "a.csv: Class: found label 0.5 at row 0")]
    public void A_faulty_table(string text, string message) => Refusal.Of(() => Samples.Read(folder.File("a.csv", Encoding.UTF8.GetBytes(text))), message);

    [Fact]
    public void Whole_numbers_that_no_longer_differ()
    {
        Npz.Write(folder.File("a.npz"), new Dictionary<string, Tensor> { ["points"] = (1L << 53) + arange(20, ScalarType.Int64).reshape(10, 2) });
        Refusal.Of(() => Samples.Read(folder.File("a.npz")), "a.npz: points: found whole numbers beyond 2^53");
    }

    [Theory]
    [InlineData("points targets", "no labels are read, and not targets: they are called labels, arr_1, label, y")]
    [InlineData("points labels y", "labels is read, and not y")]
    [InlineData("points labels seconds", null)]
    public void Arrays_that_are_likely_labels_and_are_not_read_are_told(string names, string? note)
    {
        var arrays = names.Split(' ').ToDictionary(name => name, name => name == "points" ? rand(6, 2) : zeros(6, ScalarType.Int64));
        Npz.Write(folder.File("a.npz"), arrays);
        var notes = Samples.Read(folder.File("a.npz")).Notes;
        if (note is null) Assert.Empty(notes);
        else Assert.EndsWith(note, Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_likely_labels_and_is_read_as_numbers_is_told() => Assert.EndsWith(
        "Target: read as numbers of the samples; a column of labels is called label, labels, class",
        Assert.Single(Samples.Read(folder.File("a.csv", "x,y,Target\n1,2,0\n3,4,1\n"u8.ToArray())).Notes), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_and_a_huge_field()
    {
        Refusal.Of(() => Samples.Read(folder.File("a.csv", [.. "1,2\n3,"u8, 0xFF, (byte)'\n'])), "a.csv: line ", "found bytes that are no UTF-8");
        string huge = new('7', 5000);
        Refusal.Of(() => Samples.Read(folder.File("a.csv", Encoding.UTF8.GetBytes($"1,2\n3,{huge}\n"))), "line 2, column 2: found 7777", "(5000 characters)");
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", ',')]
    [InlineData("1;2\r\n3;4\r\n", ';')]
    [InlineData("1\t2\n3\t4", '\t')]
    [InlineData("1  2\n 3 4\n", ' ')]
    [InlineData("\"a; \"\"first\"\"\",\"b\"\n\"1\" , \"2\"\n3,4\n", ',')]
    [InlineData("\ufeff\"a\",\"b\"\n\"1\",2\n3,4\n", ',')]
    public void Separators_and_headers_are_found(string text, char separator)
    {
        var table = Csv.Read(folder.File("a.csv", Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        Assert.Equal(separator, table.Separator);
        Assert.Equal([1.0, 2, 3, 4], table.Values.data<double>().ToArray());
    }

    [Fact]
    public void A_label_column_stays_where_it_is()
    {
        var samples = Samples.Read(folder.File("a.csv", "x;Label;y\n0.5;1;2\n3;0;4\n"u8.ToArray()));
        Assert.Equal([1L, 0], samples.Data.Labels.data<long>().ToArray());
        samples.Write(folder.File("b.csv"), samples.Data.Points + 0.25);
        Assert.Equal("x;Label;y\n0.75;1;2.25\n3.25;0;4.25\n", File.ReadAllText(folder.File("b.csv")));
        samples.Write(folder.File("c.npz"), samples.Data.Points);
        Assert.Equal(["labels", "points"], Npz.Read(folder.File("c.npz")).Keys);
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.npz")]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.zip")]
    public void A_reading_ends_when_that_is_asked_for(string name)
    {
        folder.File(name, new byte[100]);
        Assert.ThrowsAny<OperationCanceledException>(() => Samples.Read(folder.File(name), cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void Arrays_that_are_no_samples()
    {
        Refusal.Of(() => Read(("a", ones(2, 2)), ("b", ones(2, 2))), "arrays: found a, b, expected one named points, arr_0, ");
        Refusal.Of(() => Read(new SampleReading { Array = "c" }, ("a", ones(2, 2))), "arrays: found a, expected one named c");
        Refusal.Of(() => Read(("x", ones(2, 2)), ("y", ones(2))), "y: found type float32, expected integers");
        Refusal.Of(() => Read(("x", ones(2, 2)), ("y", tensor(new[] { 1L }))), "y: found 1 labels, expected 2, one for each row of x");
        Refusal.Of(() => Read(("x", ones(2, 2)), ("y", tensor(new[] { 1L, -1 }))), "y: found label -1 at row 1, expected 0 to 999999");
        Refusal.Of(() => Read(("x", ones(2, 2, ScalarType.Bool))), "x: found type bool, expected floating or whole numbers");
        Refusal.Of(() => Read(("x", tensor(new[] { 1, float.NaN }).reshape(1, 2))), "x: found NaN at row 0, column 1");
        Refusal.Of(() => Read(("x", zeros(0, 2))), "x: found shape [0, 2]");
        Refusal.Of(() => Read(("x", zeros(2, 2, 5, 5))), "x: found shape [2, 2, 5, 5], expected images with 1 or 3 channels");
        Refusal.Of(() => Read(("x", tensor(new[] { -2.1f, 2.3f }).reshape(1, 1, 2))), "x: found pixels from -2.1 to 2.3, expected pixels that show their range (0 to 1, -1 to 1, 0 to 255)");
        Refusal.Of(() => Read(new SampleReading { Range = PixelRange.Unit }, ("x", tensor(new[] { 0, 200f }).reshape(1, 1, 2))), "x: found pixels from 0 to 200, expected 0 to 1");
        Refusal.Of(() => Read(new SampleReading { Images = true }, ("x", ones(2, 2))), "x: found shape [2, 2], expected images");
        Refusal.Of(() => Samples.Read(folder.File("nothing.npz")), "nothing.npz: file: found no such file");
        Refusal.Of(() => Samples.Read(folder.File("nothing")), "nothing: path: found no such file or folder, expected samples (.npz, .npy, ");
    }

    [Fact]
    public void What_is_told_of_arrays_is_done()
    {
        Assert.Equal([2, 12], Read(new SampleReading { Images = false }, ("x", ones(2, 3, 4))).Data.Points.shape);
        Assert.Equal([2, 2], Read(new SampleReading { Array = "before" }, ("after", ones(2, 3)), ("before", ones(2, 2))).Data.Points.shape);
        Assert.Equal(-0.5f, Read(new SampleReading { Range = PixelRange.Unit }, ("x", full([1, 2, 2], 0.25f))).Data.Points.max().item<float>());
        var clipped = Read(("x", tensor(new[] { -1.05f, 1.02f }).reshape(1, 1, 2)));
        Assert.Equal([-1f, 1f], clipped.Data.Points.data<float>().ToArray());
        Assert.Contains(clipped.Notes, note => note.EndsWith("pixels from -1.05 to 1.02 are clipped to -1 to 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_parts_and_none_chosen()
    {
        string path = SampleImages.Cifar(folder.File("cifar"));
        Refusal.Of(() => Samples.Read(path), $"found train and test, expected one: {path}:train or {path}:test");
        Assert.Equal(7, Samples.Read(path + ":train").Data.Count);
        Assert.Equal(2, Samples.Read(path, new() { Part = "test" }).Data.Count);
        Refusal.Of(() => Samples.Read(path, new() { Part = "valid" }), "part: found valid, expected train or test");
    }

    [Fact]
    public void Targets_that_cannot_hold_the_samples()
    {
        var vectors = Samples.From("memory", new LabeledData(ones(2, 3), zeros(2, ScalarType.Int64), 1), labelled: true);
        Refusal.Of(() => vectors.CheckTarget("a.pt"), "a.pt: ending: found .pt, expected .npz, .npy, .safetensors, .csv, dataset zip (.zip)");
        Refusal.Of(() => vectors.CheckTarget("a.npy"), "a.npy: ending: found .npy, which has no labels");
        foreach (string name in (string[])["a.zip", "a", "a.bin", "a-images-idx3-ubyte"]) Refusal.Of(() => vectors.CheckTarget(name), $"{name}: samples: found");
        var images = Samples.From("memory", new LabeledData(ones(2, 1, 4, 4), zeros(2, ScalarType.Int64), 1), labelled: false);
        Refusal.Of(() => images.CheckTarget("a.csv"), "a.csv: samples: found images");
        Refusal.Of(() => images.CheckTarget("a-images-idx3-ubyte.gz"), "found no labels");
        Refusal.Of(() => images.CheckTarget("a-idx3.gz.x-idx3"), "found no labels");
        folder.File("a", [1]);
        Refusal.Of(() => images.CheckTarget(folder.Path), "folder: found one with files in it, expected a new one");
        Refusal.Of(() => images.CheckTarget(folder.File("a")), "folder: found a file of this name");
    }

    private Samples Read(params (string Name, Tensor Array)[] arrays) => Read(new SampleReading(), arrays);

    private Samples Read(SampleReading reading, params (string Name, Tensor Array)[] arrays)
    {
        Npz.Write(folder.File("a.npz"), arrays.ToDictionary(pair => pair.Name, pair => pair.Array));
        return Samples.Read(folder.File("a.npz"), reading);
    }
}
