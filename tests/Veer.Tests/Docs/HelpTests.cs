using System.CommandLine;
using System.Text;
using Veer.Cli;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Cli;
using Xunit;

namespace Veer.Tests.Docs;

/// <summary>
/// The help of every command stands in docs/help.md, so that a change of it is seen. What registries list stands there as NAMES: a guidance more
/// is no change of the command. VEER_WRITE_HELP=1 writes the page anew.
/// </summary>
[Collection(nameof(StandardStreams))]
public sealed class HelpTests
{
    [Fact]
    public async Task The_help_of_every_command_is_the_documented_one()
    {
        string page = Path.Combine(Repository.Root, "docs", "help.md");
        var text = new StringBuilder("# Help\n\nWhat each command says of itself. NAMES are those that `veer list` shows.\n");
        foreach (var path in Paths(VeerCommand.Create(), [])) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {string.Join(' ', path.Prepend("veer"))}\n\n```text\n{await Help(path)}\n```\n");
        if (Environment.GetEnvironmentVariable("VEER_WRITE_HELP") == "1") await File.WriteAllTextAsync(page, text.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), text.ToString());
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        command.Subcommands.SelectMany(inner => Paths(inner, [.. path, inner.Name])).Prepend(path);

    private static async Task<string> Help(string[] path)
    {
        var output = Console.Out;
        using var lines = new StringWriter { NewLine = "\n" };
        try
        {
            Console.SetOut(lines);
            Assert.Equal(CommandRunner.Done, await CommandRunner.Run(VeerCommand.Create(), [.. path, "--help"]));
        }
        finally
        {
            Console.SetOut(output);
        }
        string text = string.Join('\n', lines.ToString().Split('\n').Select(line => line.TrimEnd())).Trim();
        return text.Replace(string.Join(", ", GuidanceKind.All.Names), "NAMES", StringComparison.Ordinal)
            .Replace(string.Join(", ", SamplerKind.All.Names), "NAMES", StringComparison.Ordinal);
    }
}
