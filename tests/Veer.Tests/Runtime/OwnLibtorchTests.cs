using TorchSharp;
using Veer.Cli;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Runtime;

/// <summary>VEER_LIBTORCH acts at a process's start, so each case runs the last of these tests in a process of its own.</summary>
public sealed class OwnLibtorchTests : IDisposable
{
    private const string Expectation = "VEER_TESTS_EXPECT", Loaded = "loaded", Refused = "refused";

    private readonly string folder = Directory.CreateTempSubdirectory("libtorch").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Libtorch_is_loaded_from_the_folder_that_the_variable_names()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs /proc/self/maps");
        string? found = NativeLibraries.Find("torch_cpu");
        if (found is null) Assert.Skip("built without libtorch");
        string packaged = Path.GetDirectoryName(found)!;
        foreach (string file in Directory.EnumerateFiles(packaged).Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(file)), file);
        AssertPassesInNewProcess(Loaded, folder);
    }

    [Fact]
    public void A_folder_without_libtorch_is_one_line_that_names_the_variable() =>
        AssertPassesInNewProcess(Refused, Path.Combine(folder, "nothing"));

    [Fact]
    public void A_second_libtorch_is_refused_before_it_aborts_the_process()
    {
        File.WriteAllText(Path.Combine(folder, NativeLibraries.FileName("torch_cpu")), "text");
        AssertPassesInNewProcess(Refused, folder);
    }

    [Fact]
    public void Libtorch_is_the_one_that_the_environment_names()
    {
        string? named = Environment.GetEnvironmentVariable(NativeLibraries.FolderVariable);
        Assert.Equal(named, NativeLibraries.Folder);
        if (Environment.GetEnvironmentVariable(Expectation) == Refused)
        {
            string message = Assert.Throws<InputException>(NativeLibraries.EnsureLoaded).Message;
            Assert.StartsWith("VEER_LIBTORCH: ", message, StringComparison.Ordinal);
            Assert.Contains(named!, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
            var finding = Doctor.Examine()[^1];
            Assert.Equal(("libtorch", DoctorStatus.Missing, message), (finding.Name, finding.Status, finding.Found));
            return;
        }

        NativeLibraries.EnsureLoaded();
        string[] preloaded = [.. NativeLibraries.Preloaded.Select(file => Path.GetRelativePath(named!, file))];
        if (named is null) Assert.Empty(preloaded);
        else Assert.Equal(["libc10.so", "libtorch_cpu.so"], preloaded[..2]);
        using var sum = torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
    }

    private static void AssertPassesInNewProcess(string expectation, string libtorch) => OwnProcess.AssertPasses(
        typeof(OwnLibtorchTests), nameof(Libtorch_is_the_one_that_the_environment_names), (NativeLibraries.FolderVariable, libtorch), (Expectation, expectation));
}
