using System.Diagnostics;
using TorchSharp;
using Veer.Native;
using Xunit;

namespace Veer.Tests.Native;

/// <summary>VEER_LIBTORCH acts at a process's start, so each case starts this program again with one of its explicit tests.</summary>
public sealed class OwnLibtorchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("libtorch").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Libtorch_is_loaded_from_the_folder_that_the_variable_names()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs /proc/self/maps");
        string packaged = Path.GetDirectoryName(NativeLibraries.Find("torch_cpu"))!;
        foreach (string file in Directory.EnumerateFiles(packaged).Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(file)), file);
        AssertPassesInNewProcess(nameof(Preloads_what_the_folder_holds), folder);
    }

    [Fact]
    public void A_folder_without_libtorch_is_one_line_that_names_the_variable() =>
        AssertPassesInNewProcess(nameof(Refuses_the_folder), Path.Combine(folder, "nothing"));

    [Fact]
    public void A_library_that_is_no_library_is_one_line_that_names_its_file()
    {
        File.WriteAllText(Path.Combine(folder, NativeLibraries.FileName("torch_cpu")), "text");
        AssertPassesInNewProcess(nameof(Refuses_the_folder), folder);
    }

    [Fact(Explicit = true)]
    public void Preloads_what_the_folder_holds()
    {
        string variable = Environment.GetEnvironmentVariable(NativeLibraries.FolderVariable)!;
        NativeLibraries.EnsureLoaded();
        Assert.Equal(variable, NativeLibraries.Folder);
        Assert.Equal(
            [Path.Combine(variable, "libc10.so"), Path.Combine(variable, "libtorch_cpu.so"), Path.Combine(variable, "libtorch.so")],
            NativeLibraries.Preloaded);
        using var sum = torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
    }

    [Fact(Explicit = true)]
    public void Refuses_the_folder()
    {
        string variable = Environment.GetEnvironmentVariable(NativeLibraries.FolderVariable)!;
        string message = Assert.Throws<InputException>(NativeLibraries.EnsureLoaded).Message;
        Assert.StartsWith("VEER_LIBTORCH: ", message, StringComparison.Ordinal);
        Assert.Contains(variable, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);

        var finding = Doctor.Examine()[^1];
        Assert.Equal(("libtorch", DoctorStatus.Missing, message), (finding.Name, finding.Status, finding.Found));
    }

    private static void AssertPassesInNewProcess(string test, string libtorch)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Veer.Tests"))
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"{typeof(OwnLibtorchTests).FullName}.{test}", "--no-progress" },
            Environment = { [NativeLibraries.FolderVariable] = libtorch },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
