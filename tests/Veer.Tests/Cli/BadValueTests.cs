using System.CommandLine;
using System.CommandLine.Help;
using Veer.Cli;
using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Postprocessing;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Veer.Tests.Studies;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

/// <summary>Tests that look at what the process writes to its standard streams, and so run alone.</summary>
[CollectionDefinition(nameof(StandardStreams), DisableParallelization = true)]
public sealed class StandardStreams;

/// <summary>
/// Every option and argument of every command, found by walking the commands, is given every value of a table: each is refused in one line with
/// exit code 2, or is right. No stack trace, and nothing in the place of a device.
/// </summary>
[Collection(nameof(StandardStreams))]
public sealed class BadValueTests : IDisposable
{
    private static readonly string[] Values =
    [
        "", " ", "NaN", "1e999", "-1e999", "1,5", "0x10", "-1", "0", "999999999999999999999", "ünïcödé ☃", "{folder}", "missing", "/dev/zero", "/dev/null", new string('x', 5000), "a\nb", "--", "=",
    ];

    private readonly TemporaryFolder folder = new();
    private readonly string before = Environment.CurrentDirectory;

    public BadValueTests()
    {
        // relative names are of this folder
        Environment.CurrentDirectory = folder.Path;
        Directory.CreateDirectory(folder.File("folder"));
        File.WriteAllText(folder.File("tiny.yaml"), StudyText.Tiny);
        SampleImages.Folder(folder.File("images"));
        var config = new ModelConfig { Kind = "denoiser", Classes = 2, LabelDropout = 0.1, Timesteps = 50, Network = new ResidualMlpOptions { Dimensions = 3, Labels = 3, Width = 8, Layers = 1 } };
        using var network = ModelFolder.Create(config, new RandomKey(1));
        ModelFolder.Save(folder.File("model"), network, config);
        using var scope = NewDisposeScope();
        var points = RandomKey.From(0, "points").Normal(0, 120, [2]);
        foreach (string name in (string[])["g.npz", "r.npz"]) Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["points"] = name == "g.npz" ? points * 2 : points });
        using var repair = Postprocessor.Fit(points * 2, points, new() { BlockSize = 20, Rounds = 1, Network = new() { Width = 8, Layers = 1 }, Training = new() { Steps = 1, BatchSize = 8 } });
        repair.Save(folder.File("repair"));
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = before;
        folder.Dispose();
    }

    [Fact]
    public async Task Every_value_of_every_option_is_right_or_refused_in_one_line()
    {
        using var server = new LocalServer();
        var usual = new Dictionary<string, string[]>
        {
            ["run"] = ["tiny.yaml", "--check", "--out", "run"],
            ["sample"] = ["--model", "model", "--count", "2", "--steps", "2", "--out", "out.npz"],
            ["report"] = ["folder"],
            ["info"] = ["images"],
            ["data fetch"] = ["mnist", "--mirror", server.Url, "--out", "fetched"],
            ["features fetch"] = ["dinov2-base-cls", "--mirror", server.Url, "--out", "fetched"],
            ["features"] = [],
            ["evaluate"] = ["--samples", "g.npz", "--reference", "r.npz", "--metrics", "precision", "--subsets", "0"],
            ["neighbors"] = ["--queries", "g.npz", "--real", "r.npz", "--top-k", "2", "--out", "near.npz"],
            ["postprocess fit"] = ["--generated", "g.npz", "--real", "r.npz", "--out", "fitted", "--check"],
            ["postprocess apply"] = ["--model", "repair", "--input", "g.npz", "--out", "better.npz"],
            ["postprocess export"] = ["--model", "repair", "--out", "repair.onnx"],
            ["studies"] = [],
            ["list"] = [],
            ["doctor"] = [],
        };
        var wrong = new List<string>();
        int tried = 0;
        foreach (var (path, command) in Leaves(VeerCommand.Create(), []))
        {
            string[] given = usual.GetValueOrDefault(string.Join(' ', path)) ?? usual[command.Name];
            foreach (string value in Values.Select(value => value.Replace("{folder}", folder.File("folder"), StringComparison.Ordinal)))
            {
                foreach (var option in command.Options.Where(option => option is not HelpOption))
                    await Try([.. path, .. Without(given, option.Name), option.Name, value]);
                foreach (var _ in command.Arguments) await Try([.. path, value, .. given.Skip(1)]);
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {tried}:\n{string.Join('\n', wrong)}");
        Assert.InRange(tried, 400, int.MaxValue);

        async Task Try(string[] arguments)
        {
            tried++;
            var (code, error) = await Run(arguments);
            string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            // a mirror that has no such file is no fault of the command line
            bool elsewhere = code == CommandRunner.Failed && arguments.Contains("fetch") && lines.Length == 1;
            if (code == CommandRunner.Done || elsewhere || (code == CommandRunner.BadInput && lines.Length == 1)) return;
            wrong.Add($"veer {string.Join(' ', arguments.Select(argument => $"'{argument[..Math.Min(40, argument.Length)]}'"))}: {code}, {lines.FirstOrDefault()}");
        }
    }

    [Theory]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("∞")]
    public async Task A_scale_is_one_finite_number(string value)
    {
        var (code, error) = await Run("sample", "--model", "model", "--count", "2", "--out", "out.npz", "--scale", value);
        Assert.Equal((2, $"veer: command line: --scale: found '{value}', expected a number from -1000000 to 1000000\n"), (code, error));
        Assert.False(File.Exists("out.npz"));
    }

    private static IEnumerable<(string[] Path, Command Command)> Leaves(Command command, string[] path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(inner => Leaves(inner, [.. path, inner.Name]));

    private static IEnumerable<string> Without(string[] arguments, string option)
    {
        int at = Array.IndexOf(arguments, option);
        return at < 0 ? arguments : arguments.Where((_, i) => i != at && i != at + 1);
    }

    private static async Task<(int Code, string Error)> Run(params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var lines = new StringWriter { NewLine = "\n" };
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(lines);
            int code = await CommandRunner.Run(VeerCommand.Create(), arguments);
            return (code, lines.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
