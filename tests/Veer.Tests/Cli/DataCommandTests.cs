using System.Text.Json;
using Veer.Formats;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Cli;

public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Info_prints_kind_count_shape_and_classes()
    {
        SampleImages.Folder(folder.File("images"));
        var outcome = await VeerProcess.Run(folder.Path, "data", "info", "images");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("images: image folder\nimages: 7 images of 3 x 32 x 32, 3 classes\n", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"0 Dog +3 *\n +1 ant +2 *\n +2 cat +2 ", outcome.Output);
    }

    [Fact]
    public async Task Vectors_are_told_by_their_numbers()
    {
        File.WriteAllText(folder.File("a.csv"), "x1,x2,label\n0,-100,1\n1,300,7\n2,100,7\n");
        var outcome = await VeerProcess.Run(folder.Path, "data", "info", "a.csv");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("a.csv: .csv, text\n3 vectors of 2 numbers, 2 classes\nnumbers from -100 to 300; standard deviations of the columns from 0.816 to 163\n", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"1 +1 *\n +7 +2 ", outcome.Output);
        using var json = JsonDocument.Parse((await VeerProcess.Run(folder.Path, "data", "info", "a.csv", "--json")).Output);
        Assert.Equal(2, json.RootElement.GetProperty("per_class").GetProperty("7").GetInt64());
        (await VeerProcess.Run(folder.Path, "data", "info", "a.csv", "--sheet", "sheet.png")).RefusedWith("--sheet: found sheet.png, expected nothing: of a.csv there is no sheet");
    }

    [Theory]
    [InlineData("bytes", "numbers from 3 to 200;")]
    [InlineData("unit", "numbers from 0.003 to 0.2;")]
    public async Task Images_are_told_by_the_numbers_of_their_file(string range, string numbers)
    {
        using (TorchSharp.torch.NewDisposeScope())
        {
            var images = TorchSharp.torch.full(5, 8, 8, 1, value: 3);
            images[2] = 200;
            Npy.Write(folder.File("images.npy"), range == "bytes" ? images.to(TorchSharp.torch.ScalarType.Byte) : images / 1000f);
        }
        Assert.Contains(numbers, (await VeerProcess.Run(folder.Path, "data", "info", "images.npy")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_is_told_alone()
    {
        SampleImages.Cifar(folder.File("cifar"));
        var outcome = await VeerProcess.Run(folder.Path, "data", "info", "cifar:test");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("test: 2 images", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("train", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_only_thing_on_standard_output_and_the_sheet_is_written()
    {
        SampleImages.Cifar(folder.File("cifar"));
        var outcome = await VeerProcess.Run(folder.Path, "data", "info", "cifar", "--json", "--sheet", "sheet.png");
        Assert.Equal(0, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        var test = json.RootElement.GetProperty("parts")[1];
        Assert.Equal("CIFAR-10 binary", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal("test", test.GetProperty("name").GetString());
        Assert.Equal(2, test.GetProperty("count").GetInt64());
        Assert.Equal([3, 32, 32], test.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32()));
        Assert.Equal([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], test.GetProperty("per_class").EnumerateArray().Select(count => count.GetInt32()));
        Assert.Equal("truck", test.GetProperty("class_names")[9].GetString());
        Assert.Equal("sheet.png", json.RootElement.GetProperty("sheet").GetString());
        Assert.True(File.Exists(folder.File("sheet.png")));
    }

    [Theory]
    [InlineData("zip: entry: found ../x.png", "lead-out.zip")]
    [InlineData("zip: 9.png: found a PNG of 16 bits a channel, expected 8 bits a channel", "deep.zip")]
    [InlineData("zip: 9.png: found 8 x 8 pixels in colour, expected 32 x 32", "odd.zip")]
    [InlineData("idx3-ubyte: file: found a file of ", "cut-images-idx3-ubyte")]
    [InlineData("empty: folder: found an empty folder", "empty")]
    [InlineData("nowhere: path: found no such file or folder", "nowhere")]
    [InlineData("no\uFFFD[31mwhere: path: found no such file or folder", "no\u001b[31mwhere")]
    public async Task Broken_input_is_one_line_and_leaves_no_sheet(string named, string path)
    {
        _ = path switch
        {
            "lead-out.zip" => SampleImages.Zip(folder.File(path), more: ("../x.png", SampleImages.Png(0))),
            "deep.zip" => SampleImages.Zip(folder.File(path), null, more: ("9.png", PngFile.Make(32, 32, PngFile.Rgb, 16, new byte[6 * 32 * 32]))),
            "odd.zip" => SampleImages.Zip(folder.File(path), null, more: ("9.png", SampleImages.Png(0, side: 8))),
            "cut-images-idx3-ubyte" => folder.File(path, File.ReadAllBytes(SampleImages.Idx(folder.File(path)))[..5000]),
            "empty" => Directory.CreateDirectory(folder.File(path)).FullName,
            _ => path,
        };
        (await VeerProcess.Run(folder.Path, "data", "info", path, "--sheet", "sheet.png")).RefusedWith(named);
        Assert.Empty(Directory.GetFiles(folder.Path, "sheet*"));
    }

    [Fact]
    public async Task Fetch_checks_what_a_mirror_sends()
    {
        using var server = new LocalServer();
        server.Files["/mnist/train-images-idx3-ubyte.gz"] = IdxFile.Zip(IdxFile.Images(new byte[28 * 28], 1));
        var wrong = await VeerProcess.Run(folder.Path, "data", "fetch", "mnist", "--mirror", server.Url, "--out", "mine");
        wrong.RefusedWith("/mnist/train-images-idx3-ubyte.gz: SHA-256: found ", "expected ba891046e6505d7a");
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("mine")));
        var missing = await VeerProcess.Run(folder.Path, "data", "fetch", "fashion-mnist", "--mirror", server.Url);
        Assert.Equal(1, missing.ExitCode);
        string line = Assert.Single(missing.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("the server answers 404", line, StringComparison.Ordinal);
        Assert.Contains($"(.gz or unpacked) into {Path.Combine(".", "data", "fashion-mnist")} by hand", line, StringComparison.Ordinal);
        (await VeerProcess.Run(folder.Path, "data", "fetch", "mnits")).RefusedWith("data set mnits is unknown, expected one of cifar10, fashion-mnist, mnist");
    }
}
