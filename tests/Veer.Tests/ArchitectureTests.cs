using System.Text.RegularExpressions;
using Xunit;

namespace Veer.Tests;

/// <summary>The rooms of the library stand in one order, and each uses only rooms before it.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Formats", "Runtime", "Data", "Networks", "Solvers", "Diffusion", "Guidance", "ClosedForm", "Sampling", "Training", "Models", "Matching",
        "Features", "Postprocessing", "Metrics", "Evaluation", "Trajectories",
    ];

    /// <summary>The programs around the library, each of which uses only those before it.</summary>
    private static readonly string[] Projects = ["Veer", "Veer.Images", "Veer.Onnx", "Veer.Studies", "Veer.Cli"];

    private const int MostLines = 300;

    [Fact]
    public void No_room_uses_one_that_comes_after_it()
    {
        string library = Path.Combine(Sources(), "Veer");
        Assert.Equal(Rooms.Order(), Directory.GetDirectories(library).Select(folder => Path.GetFileName(folder)!).Except(["bin", "obj", "buildTransitive"]).Order());
        foreach (string file in CSharp(library))
        {
            string room = Path.GetRelativePath(library, file).Split('/', '\\')[0];
            int own = Array.IndexOf(Rooms, room);
            foreach (string used in Uses(file))
            {
                int at = Array.IndexOf(Rooms, used.Split('.').ElementAtOrDefault(1) ?? "");
                Assert.True(at <= own && (at >= 0 || used == "Veer"), $"{Path.GetRelativePath(library, file)} uses {used}, which comes after {room}");
            }
        }
    }

    [Fact]
    public void No_project_uses_one_that_comes_after_it()
    {
        foreach (var (own, project) in Projects.Index())
        {
            foreach (string file in CSharp(Path.Combine(Sources(), project)))
            {
                Assert.StartsWith($"namespace {project}", File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal)) ?? $"namespace {project}", StringComparison.Ordinal);
                foreach (string used in Uses(file)) Assert.DoesNotContain(Projects[(own + 1)..], later => used == later || used.StartsWith(later + ".", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void A_namespace_is_a_folder_and_a_file_has_at_most_300_lines()
    {
        foreach (string file in Projects.SelectMany(project => CSharp(Path.Combine(Sources(), project))))
        {
            string[] lines = File.ReadAllLines(file);
            Assert.True(lines.Length <= MostLines, $"{file} has {lines.Length} lines");
            string? space = lines.FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?[10..].TrimEnd(';');
            string folder = Path.GetRelativePath(Sources(), Path.GetDirectoryName(file)!).Replace('/', '.').Replace('\\', '.');
            if (space is not null) Assert.True(folder == space || folder.StartsWith(space + ".", StringComparison.Ordinal), $"{file} is in namespace {space}");
        }
    }

    private static IEnumerable<string> Uses(string file) => File.ReadLines(file).Select(line => Using().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    private static IEnumerable<string> CSharp(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split('/', '\\').Any(part => part is "bin" or "obj" or "buildTransitive"));

    private static string Sources() => Path.Combine(Repository.Root, "src");

    [GeneratedRegex(@"^using (?:static )?(Veer[\w.]*);")]
    private static partial Regex Using();
}
