using System.Text.Json;
using TorchSharp;
using Veer.Formats;
using Veer.Tests.Data;
using Veer.Tests.Evaluation;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly string[] Few = ["--subsets", "8", "--metrics", "frechet,precision,recall"];

    private readonly TemporaryFolder folder = new();

    public EvaluateCommandTests()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, points) in new[] { ("a", Drawn.Normal("a", 160).Points), ("b", Drawn.Normal("b", 160).Points * 5), ("real", Drawn.Normal("real", 200).Points) })
            Npz.Write(folder.File(name + ".npz"), new Dictionary<string, Tensor> { ["points"] = points });
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_page_is_left_where_what_is_printed_cannot_be()
    {
        using var process = VeerProcess.StartIn(folder.Path, "$veer evaluate --samples a.npz --reference real.npz --subsets 0 --metrics frechet --json --report page > /dev/full");
        Assert.Equal(1, (await VeerProcess.End(process)).ExitCode);
        Assert.True(File.Exists(folder.File("page/report.html")));
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_told()
    {
        using var process = VeerProcess.StartIn(folder.Path, $"mkdir gone; cd gone; rmdir ../gone; $veer data info {folder.File("a.npz")}");
        Assert.Equal((1, "veer: the folder that this was started in is gone: change to one that is there\n"), await VeerProcess.End(process) is var outcome ? (outcome.ExitCode, outcome.Error) : default);
    }

    [Fact]
    public async Task Training_points_are_the_floor_of_a_reference_that_nothing_has_seen()
    {
        string[] command = ["evaluate", "--samples", "a.npz", "--reference", "real.npz", "--training"];
        var outcome = await VeerProcess.Run(folder.Path, [.. command, "b.npz", "--json", .. Few]);
        using var json = JsonDocument.Parse(outcome.Output);
        // of points five times as wide
        Assert.True(json.RootElement.GetProperty("floor").GetProperty("numbers")[0].GetProperty("estimate").GetProperty("value").GetDouble() > 10);
        (await VeerProcess.Run(folder.Path, [.. command, "b.npz", "--held-out", "a.npz"])).RefusedWith("--training", "b.npz beside --held-out");
        (await VeerProcess.Run(folder.Path, [.. command, "real.npz"])).RefusedWith("--training", "real samples other than those of real.npz");
    }

    [Fact]
    public async Task Files_are_evaluated_beside_each_other_as_one_document_and_as_a_page()
    {
        var outcome = await VeerProcess.Run(folder.Path, ["evaluate", "--samples", "a.npz", "b.npz", "--reference", "real.npz", "--json", "--report", "page", .. Few]);
        Assert.Equal(0, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(["a.npz", "b.npz"], json.RootElement.GetProperty("sets").EnumerateArray().Select(set => set.GetProperty("name").GetString()));
        var number = json.RootElement.GetProperty("sets")[1].GetProperty("numbers")[0];
        Assert.Equal("frechet", number.GetProperty("metric").GetString());
        Assert.True(number.GetProperty("estimate").GetProperty("low").GetDouble() < number.GetProperty("estimate").GetProperty("value").GetDouble());
        Assert.Equal(outcome.Output, await File.ReadAllTextAsync(folder.File("page/evaluation.json"), TestContext.Current.CancellationToken));
        string page = await File.ReadAllTextAsync(folder.File("page/report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("b.npz − a.npz", page, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("page/figures/samples.png")));
    }

    [Fact]
    public async Task A_table_says_what_the_numbers_say()
    {
        var outcome = await VeerProcess.Run(folder.Path, ["evaluate", "--samples", "b.npz", "--reference", "real.npz", .. Few]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Precision ↑", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("b.npz: samples lie off the data", outcome.Output, StringComparison.Ordinal);
    }

    /// <summary>Classes beyond the first are those of the reference: samples of class 0 alone are measured against it, as those of another are.</summary>
    [Fact]
    public async Task Samples_of_one_class_are_measured_against_that_class()
    {
        using (NewDisposeScope())
        {
            var real = Drawn.Modes("real", 400);
            Npz.Write(folder.File("modes.npz"), new Dictionary<string, Tensor> { ["points"] = real.Points, ["labels"] = real.Labels });
            foreach (long label in (long[])[0, 1]) Npz.Write(folder.File($"all{label}.npz"), new Dictionary<string, Tensor> { ["points"] = real.Points + 0.01, ["labels"] = full_like(real.Labels, label) });
        }
        foreach (string file in (string[])["all0.npz", "all1.npz"])
        {
            var outcome = await VeerProcess.Run(folder.Path, "evaluate", "--samples", file, "--reference", "modes.npz", "--metrics", "nn-distance", "--json");
            Assert.Equal(0, outcome.ExitCode);
            using var json = JsonDocument.Parse(outcome.Output);
            // three quarters are of another mode
            Assert.True(json.RootElement.GetProperty("sets")[0].GetProperty("numbers")[0].GetProperty("estimate").GetProperty("value").GetDouble() > 0.5);
        }
    }

    [Fact]
    public async Task A_range_is_told_of_numbers_though_images_beside_them_are_bytes()
    {
        string images = SampleImages.Folder(folder.File("images"));
        using (NewDisposeScope()) Npz.Write(folder.File("floats.npz"), new Dictionary<string, Tensor> { ["arr_0"] = rand(7, 32, 32, 3) * 0.9 - 0.45 });
        var outcome = await VeerProcess.Run(folder.Path, "evaluate", "--samples", "floats.npz", "--reference", images, "--range", "symmetric", "--metrics", "nn-distance", "--features", "pixels");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    [Fact]
    public async Task Names_that_a_terminal_or_the_command_line_would_obey_are_names()
    {
        foreach (string name in (string[])["@a.npz", "\u001b[31mred.npz"]) File.Copy(folder.File("a.npz"), folder.File(name));
        var outcome = await VeerProcess.Run(folder.Path, ["evaluate", "--samples", "@a.npz", "\u001b[31mred.npz", "--reference", "real.npz", .. Few]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.DoesNotContain('\u001b', outcome.Output);
        Assert.Contains("@a.npz", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_measured_is_one_line()
    {
        using (NewDisposeScope()) Npz.Write(folder.File("wide.npz"), new Dictionary<string, Tensor> { ["points"] = Drawn.Normal("wide", 60, 3).Points });
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", "wide.npz", "--reference", "real.npz")).RefusedWith("wide.npz", "vectors of 3", "vectors of 2");
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", "none.npz", "--reference", "real.npz")).RefusedWith("none.npz", "no such file");
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", "a.npz", "--reference", "real.npz", "--features", "judge")).RefusedWith("--features", "vectors");
    }

    [Fact]
    public async Task Inputs_are_not_written_over_by_whatever_name_they_have()
    {
        Directory.CreateSymbolicLink(folder.File("link"), folder.Path);
        string[] neighbors = ["neighbors", "--queries", "a.npz", "--real", "real.npz", "--top-k", "1"];
        (await VeerProcess.Run(folder.Path, [.. neighbors, "--out", Path.Combine("link", "a.npz")])).RefusedWith("--out", "an input of this command");
        string images = SampleImages.Folder(folder.File("images"));
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", images, "--reference", images, "--report", Path.Combine(images, "page"))).RefusedWith("--report", $"in {images}, an input of this command");
        string first = Directory.GetFiles(images, "*.png", SearchOption.AllDirectories)[0];
        byte[] before = await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken);
        (await VeerProcess.Run(folder.Path, "data", "info", images, "--sheet", first)).RefusedWith("--sheet", "an input of this command");
        Assert.Equal(before, await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Files_of_others_stay_as_they_are()
    {
        Directory.CreateDirectory(folder.File("own"));
        File.WriteAllText(folder.File("own/report.html"), "mine");
        (await VeerProcess.Run(folder.Path, "evaluate", "--samples", "a.npz", "--reference", "real.npz", "--report", "own")).RefusedWith("--report: found 'own', a folder that holds no report (report.html is in it)");
        // that of an earlier report, however early it was stopped, is taken
        Directory.CreateDirectory(folder.File("early"));
        File.WriteAllText(folder.File("early/evaluation.json"), "{}");
        var again = await VeerProcess.Run(folder.Path, ["evaluate", "--samples", "a.npz", "--reference", "real.npz", "--report", "early", .. Few]);
        Assert.True(again.ExitCode == 0 && File.Exists(folder.File("early/report.html")), again.Error);
        // a link is what it leads to
        File.CreateSymbolicLink(folder.File("link.npz"), "/dev/null");
        (await VeerProcess.Run(folder.Path, "neighbors", "--queries", "a.npz", "--real", "real.npz", "--top-k", "1", "--out", "link.npz")).RefusedWith("--out", "a place of devices");
        // what is written until it is whole
        string images = SampleImages.Folder(folder.File(".set.partial"));
        (await VeerProcess.Run(folder.Path, "postprocess", "apply", "--model", "none", "--input", images, "--out", "set")).RefusedWith("--out", "an input of this command");
        string name = new string('a', 240) + ".npz";
        (await VeerProcess.Run(folder.Path, "neighbors", "--queries", "a.npz", "--real", "real.npz", "--top-k", "1", "--out", name)).RefusedWith("--out: found a name of more than 241 bytes");
    }

    [Fact]
    public async Task Neighbours_are_written_with_their_distances()
    {
        var outcome = await VeerProcess.Run(folder.Path, "neighbors", "--queries", "a.npz", "--real", "real.npz", "--top-k", "3", "--out", "near.npz");
        Assert.Equal((0, "near.npz\n"), (outcome.ExitCode, outcome.Output));
        using var scope = NewDisposeScope();
        var found = Npz.Read(folder.File("near.npz"));
        var (queries, real) = (Drawn.Normal("a", 160).Points, Drawn.Normal("real", 200).Points);
        var (distances, rows) = cdist(queries, real, 2, compute_mode.donot_use_mm_for_euclid_dist).topk(3, largest: false);
        Assert.True(found["indices"].equal(rows).all().item<bool>());
        Near.Absolute(distances, found["distances"], 1e-6);
        (await VeerProcess.Run(folder.Path, "neighbors", "--queries", "a.npz", "--real", "real.npz", "--top-k", "201", "--out", "near.npz")).RefusedWith("--top-k", "201", "at most 200");
    }
}
