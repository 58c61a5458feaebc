using TorchSharp;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Runtime;

public class VersionNeedTests
{
    private const string TooNew = "GLIBCXX_3.4.32";

    [Fact]
    public void The_build_changes_one_bit_of_the_wrapper_and_nothing_else()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the wrapper of Linux only");
        string packaged = PackagedWrapper(), mended = NativeLibraries.Find("LibTorchSharp")!;
        if (!File.Exists(packaged)) Assert.Skip($"{packaged} is not there");

        var need = Assert.Single(VersionNeed.Read(packaged), need => need.Version == TooNew);
        Assert.False(need.Weak);
        Assert.Equal("libstdc++.so.6", need.Library);
        Assert.True(Assert.Single(VersionNeed.Read(mended), need => need.Version == TooNew).Weak);

        byte[] before = File.ReadAllBytes(packaged), after = File.ReadAllBytes(mended);
        Assert.Equal(before.Length, after.Length);
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(at => before[at] != after[at])];
        Assert.Equal([(int)need.FlagsOffset], changed);
        Assert.Equal(before[changed[0]] | 0x2, after[changed[0]]);
    }

    [Fact]
    public void The_process_uses_the_mended_wrapper()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the wrapper of Linux only");
        NativeLibraries.EnsureLoaded();
        string loaded = LoadedLibraries.PathOf("libLibTorchSharp.so")!;
        Assert.All(VersionNeed.Read(loaded), need => Assert.Equal(need.Version == TooNew, need.Weak));
    }

    private static string PackagedWrapper()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        return Path.Combine(packages, "torchsharp", version, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
    }
}
