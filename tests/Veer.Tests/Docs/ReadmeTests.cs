using System.Text.RegularExpressions;
using Veer.Studies.Settings;
using Veer.Tests.Cli;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Docs;

/// <summary>What the README says is true: its commands exist, its links lead somewhere, its example study is one.</summary>
public sealed partial class ReadmeTests
{
    private static string Root { get; } = Repository.Root;

    private static string Readme { get; } = File.ReadAllText(Path.Combine(Root, "README.md"));

    [Fact]
    public async Task Every_command_of_the_table_is_in_the_help()
    {
        using var folder = new TemporaryFolder();
        var help = await VeerProcess.Run(folder.Path, "--help");
        Assert.Equal(0, help.ExitCode);
        var commands = CommandName().Matches(Readme).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(commands);
        foreach (string command in commands) Assert.Matches($@"(?m)^\s+{command}\b", help.Output);
    }

    [Fact]
    public void The_example_study_resolves()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "mine.yaml");
        File.WriteAllText(path, YamlExample().Match(Readme).Groups[1].Value);
        Assert.Equal("vectors", StudyFile.Resolve(path, "quick", []).Settings.Data.Kind);
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        foreach (string page in Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "README.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{page}: {link.Value}");
            }
        }
    }

    [Fact]
    public void Files_of_code_that_pages_name_are_there()
    {
        foreach (string page in Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
        {
            foreach (Match file in CodeFile().Matches(File.ReadAllText(page)))
            {
                string name = file.Groups[1].Value;
                Assert.True(new[] { "src/Veer", "src", "." }.Any(folder => File.Exists(Path.Combine(Root, folder, name))), $"{page}: {name}");
            }
        }
    }

    [Theory]
    [InlineData("ReadmeProgram.cs", "README.md", 1)]
    [InlineData("PackageProgram.cs", "src/Veer/README.md", 1)]
    [InlineData("RepairProgram.cs", "src/Veer/README.md", 2)]
    public void A_program_of_a_page_is_compiled_with_the_namespaces_that_the_page_names(string file, string page, int place)
    {
        string program = File.ReadAllText(Path.Combine(Root, "tests", "Veer.Tests", "Docs", file)), text = File.ReadAllText(Path.Combine(Root, page));
        string compiled = program.Split("// begin\n")[1].Split("// end")[0].TrimEnd();
        string shown = text.Split("```csharp\n")[place].Split("```")[0];
        Assert.Equal(string.Join('\n', shown.Split('\n').Where(line => !line.StartsWith("using ", StringComparison.Ordinal) || line.Contains('=', StringComparison.Ordinal))).Trim(),
            string.Join('\n', compiled.Split('\n').Select(line => line.Trim())));
        Assert.All(Imports().Matches(program).Select(import => import.Groups[1].Value), name => Assert.Matches($@"(`|using ){name}(`|;)", text));
    }

    [GeneratedRegex(@"^using (Veer[\w.]*);$", RegexOptions.Multiline)]
    private static partial Regex Imports();

    [GeneratedRegex(@"`([\w./-]+\.cs)`")]
    private static partial Regex CodeFile();

    [GeneratedRegex(@"`veer ([a-z]+)")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlExample();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
