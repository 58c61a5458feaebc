using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Veer.Runtime;
using static TorchSharp.torch;
using static Veer.Cli.DoctorStatus;

namespace Veer.Cli;

/// <summary>What the doctor looks at by way of libtorch and the libraries below it.</summary>
internal static partial class TorchChecks
{
    private const string Wrapper = "LibTorchSharp", CxxLibrary = "libstdc++.so.6";

    /// <summary>Whether the system's C++ library has every symbol version that TorchSharp's wrapper insists on.</summary>
    public static DoctorFinding StandardLibrary()
    {
        if (!OperatingSystem.IsLinux()) return new("", Ok, "the system's");
        string libc;
        try
        {
            libc = "glibc " + Marshal.PtrToStringUTF8(GlibcVersion());
        }
        catch (EntryPointNotFoundException)
        {
            return new("", Missing, "a C library that is not glibc (musl, as on Alpine?)", "use a distribution with glibc, such as Debian 12");
        }

        // Any version name of the library stands in it as plain text.
        _ = NativeLibrary.TryLoad(CxxLibrary, out _);
        string? path = LoadedLibraries.PathOf(CxxLibrary);
        if (path is null) return new("", Missing, $"{libc}, no {CxxLibrary}", "install it: apt-get install libstdc++6");
        string content = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        int newest = GlibcxxVersion().Matches(content).Max(match => int.Parse(match.Groups[1].ValueSpan));
        string found = $"{libc}, {CxxLibrary} up to GLIBCXX_3.4.{newest}";

        if (NativeLibraries.Find(Wrapper) is not { } wrapper) return new("", Ok, found);
        var lacking = VersionNeed.Read(wrapper).Where(need => need.Library == CxxLibrary && !content.Contains(need.Version + "\0")).ToList();
        if (lacking.Count == 0) return new("", Ok, found);
        string versions = string.Join(", ", lacking.Select(need => need.Version));
        return lacking.All(need => need.Weak)
            ? new("", Ok, $"{found}; TorchSharp's wrapper names {versions}, which the build's patched copy does without")
            : new("", Missing, $"{found}; {wrapper} insists on {versions}", "build again: Veer.targets patches the wrapper (docs/native-libraries.md)");
    }

    public static DoctorFinding Libtorch()
    {
        NativeLibraries.EnsureLoaded();
        string path = LoadedLibraries.PathOf(NativeLibraries.FileName("torch_cpu")) ?? "a folder that the system does not tell";
        if (NativeLibraries.Folder is not { } folder) return new("", Ok, $"{__version__} (packaged) from {path}");
        string version = Path.Combine(folder, "..", "build-version");
        return new("", Ok, $"{(File.Exists(version) ? File.ReadAllText(version).Trim() : "version unknown")} ({NativeLibraries.FolderVariable}) from {path}");
    }

    public static DoctorFinding OperationThreads()
    {
        int cores = Environment.ProcessorCount, threads = Threads.Count;
        string spin = Environment.GetEnvironmentVariable(Threads.SpinVariable) ?? Threads.SpinCount;
        string found = $"{threads} for {cores} cores, {Threads.SpinVariable}={spin}";
        return threads <= cores ? new("", Ok, found) : new("", Warning, found, $"set OMP_NUM_THREADS={cores}: more threads than cores wait for each other");
    }

    public static DoctorFinding Cuda()
    {
        if (cuda.is_available()) return new("", Ok, $"{cuda.device_count()} device(s): {string.Join(", ", Gpus())}");
        string[] gpus = Gpus();
        return gpus.Length == 0
            ? new("", Ok, "no GPU: the processor is used")
            : new("", Warning, $"{string.Join(", ", gpus)} stand(s) idle: this libtorch does not reach it",
                $"name the lib folder of a CUDA build of libtorch by {NativeLibraries.FolderVariable} (docs/native-libraries.md)");
    }

    /// <summary>A product and its gradient on every device: d/dW sum(x·W) holds x's column sums.</summary>
    public static DoctorFinding Calculation()
    {
        var devices = cuda.is_available() ? (Device[])[CPU, CUDA] : [CPU];
        foreach (var device in devices)
        {
            using var scope = NewDisposeScope();
            var x = arange(6, float32, device).reshape(3, 2);
            var weights = ones(2, 2, float32, device, requires_grad: true);
            x.matmul(weights).sum().backward();
            double[] columns = [.. weights.grad!.cpu().to(float64).data<double>()];
            if (!columns.SequenceEqual([6, 6, 9, 9]))
                return new("", Missing, $"wrong gradient on {device.type}: {string.Join(", ", columns.Select(column => column.ToString(CultureInfo.InvariantCulture)))}", "use the packaged libtorch");
        }
        return new("", Ok, $"a product and its gradient are right on {string.Join(" and ", devices.Select(device => device.type))}");
    }

    // The driver lists its devices here whether or not libtorch reaches them.
    private static string[] Gpus()
    {
        const string Driver = "/proc/driver/nvidia/gpus";
        if (!Directory.Exists(Driver)) return [];
        return [.. Directory.EnumerateFiles(Driver, "information", SearchOption.AllDirectories)
            .Select(file => File.ReadLines(file).First(line => line.StartsWith("Model:", StringComparison.Ordinal))["Model:".Length..].Trim())];
    }

    [GeneratedRegex(@"GLIBCXX_3\.4\.(\d+)")]
    private static partial Regex GlibcxxVersion();

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GlibcVersion();
}
