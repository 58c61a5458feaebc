using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Veer.Data;
using Veer.Features;
using Veer.Runtime;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Runtime;

/// <summary>What a program finds that uses the library and sets nothing: each case is an explicit test in a process of its own.</summary>
public sealed partial class GuestTests
{
    private const int HostsThreads = 1, ManyThreads = 3;

    [Fact]
    public void Loading_the_library_changes_nothing_in_its_host() => AssertInHost(nameof(Nothing_is_changed));

    [Fact]
    public void Thread_counts_come_back() => AssertInHost(nameof(Counts_come_back));

    [Fact]
    public void Files_that_need_a_package_name_it() => AssertInHost(nameof(Packages_are_named));

    [Fact]
    public void The_library_alone_knows_neither_images_nor_ONNX() => Assert.DoesNotContain(
        typeof(VeerException).Assembly.GetReferencedAssemblies(), name => name.Name is "SkiaSharp" or "Microsoft.ML.OnnxRuntime");

    [Fact(Explicit = true)]
    public void Nothing_is_changed()
    {
        var library = typeof(VeerException).Assembly;
        foreach (var module in library.Modules) RuntimeHelpers.RunModuleConstructor(module.ModuleHandle);
        foreach (var type in library.GetExportedTypes().Where(type => !type.ContainsGenericParameters)) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        Assert.Null(Marshal.PtrToStringUTF8(NativeVariable(Threads.SpinVariable)));
        Assert.False(Allocator.IsSet);
        Assert.False(LateScalars.IsInstalled);
        Assert.Null(LoadedLibraries.PathOf(NativeLibraries.FileName("torch_cpu")));
        Assert.Equal(HostsThreads, Threads.Count);

        // a program asks for it
        VeerRuntime.Tune();
        Assert.Equal(OperatingSystem.IsLinux() ? Threads.SpinCount : null, Marshal.PtrToStringUTF8(NativeVariable(Threads.SpinVariable)));
        Assert.Equal(OperatingSystem.IsLinux(), Allocator.IsSet);
        Assert.False(LateScalars.IsInstalled);
        NativeLibraries.EnsureLoaded();
        Assert.Equal(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, LateScalars.IsInstalled);
        Assert.Equal(HostsThreads, Threads.Count);
    }

    [Fact(Explicit = true)]
    public void Counts_come_back()
    {
        Threads.Use(ManyThreads);
        // one worker has used torch before, the other begins while the count is 1
        int[] after = new int[2];
        using var used = new SemaphoreSlim(0);
        using var shared = new SemaphoreSlim(0);
        Threads.Kept kept = default;
        Thread[] workers = [.. after.Select((_, i) => new Thread(() =>
        {
            if (i == 0) _ = Threads.Count;
            used.Release();
            shared.Wait();
            using (kept.One()) Assert.Equal(1, Threads.Count);
            after[i] = Threads.Count;
        }))];
        foreach (var worker in workers) worker.Start();
        foreach (var _ in workers) used.Wait();
        using (kept = Threads.Keep())
        {
            using (kept.One())
            {
                shared.Release(workers.Length);
                foreach (var worker in workers) worker.Join();
            }
        }
        Assert.Equal([ManyThreads, ManyThreads], after);
        Assert.Equal(ManyThreads, Threads.Count);
        int later = 0;
        var fresh = new Thread(() => later = Threads.Count);
        fresh.Start();
        fresh.Join();
        Assert.Equal(ManyThreads, later);
    }

    [Fact(Explicit = true)]
    public void Packages_are_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("images/cat"));
        folder.File("images/cat/a.png", [1, 2, 3]);
        Refusal.Of(
            () => ImageData.Open(folder.File("images")),
            "images: cat/a.png: found a PNG or JPEG, and nothing that decodes or encodes it, expected the package Veer.Images and a call of SkiaImages.Use() ");
        File.WriteAllText(folder.File("model.json"), "{}");
        folder.File("model.onnx", [1, 2, 3]);
        Refusal.Of(
            () => FeatureSpaces.Named(folder.File("model.onnx"), [3, 8, 8]),
            "model.onnx: file: found an ONNX model, and nothing that reads it, expected the package Veer.Onnx and a call of OnnxModels.Use() ");
    }

    private static void AssertInHost(string method) => OwnProcess.AssertPasses(
        typeof(GuestTests), method, (TestSetup.HostVariable, "1"), ("OMP_NUM_THREADS", $"{HostsThreads}"), (Threads.SpinVariable, null),
        ("OMP_WAIT_POLICY", null), ("MALLOC_TRIM_THRESHOLD_", null), ("MALLOC_MMAP_THRESHOLD_", null), ("MALLOC_TOP_PAD_", null), ("MALLOC_ARENA_MAX", null), (NativeLibraries.FolderVariable, null));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NativeVariable(string name);
}
