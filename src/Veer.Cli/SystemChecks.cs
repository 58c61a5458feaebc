using System.Globalization;
using System.Runtime.InteropServices;
using Veer.Data;
using Veer.Runtime;
using static Veer.Cli.DoctorStatus;

using Assembly = System.Reflection.Assembly;

namespace Veer.Cli;

/// <summary>What the doctor looks at without calling libtorch.</summary>
internal static class SystemChecks
{
    private const double Gibi = 1L << 30;
    private const int MemoryNeeded = 2, DiskNeeded = 1;

    public static DoctorFinding Runtime()
    {
        string found = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})";
        var expected = OperatingSystem.IsMacOS() ? Architecture.Arm64 : Architecture.X64;
        bool known = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();
        return known && RuntimeInformation.ProcessArchitecture == expected
            ? new("", Ok, found)
            : new("", Missing, found, "use Linux or Windows on x64, or macOS on arm64: TorchSharp has no libraries for others");
    }

    public static DoctorFinding Processor()
    {
        const string Info = "/proc/cpuinfo";
        string cores = $"{Environment.ProcessorCount} cores";
        if (!File.Exists(Info)) return new("", Ok, $"{RuntimeInformation.ProcessArchitecture}, {cores}");
        var features = ProcessorFeatures.Parse(File.ReadAllText(Info));
        string found = $"{features.Model}, {cores}, {(features.Instructions.Count > 0 ? string.Join(", ", features.Instructions) : "no AVX2")}";
        if (features.Instructions.Count == 0) return new("", Warning, found, "expect studies to take several times longer than stated");
        return new("", Ok, found + (features.FastBFloat16 is null ? "; bf16 is slow here, --precision auto takes fp32" : ""));
    }

    public static DoctorFinding Memory()
    {
        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibi;
        return Amount(available, MemoryNeeded, "for this process", $"give the process at least {MemoryNeeded} GiB");
    }

    public static DoctorFinding Disk(string folder)
    {
        string? existing = Path.GetFullPath(folder);
        while (existing is not null && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing);
        double free = new DriveInfo(existing ?? "/").AvailableFreeSpace / Gibi;
        return Amount(free, DiskNeeded, $"free in {existing}", $"free at least {DiskNeeded} GiB there, or write elsewhere with --out");
    }

    public static DoctorFinding Fonts()
    {
        var program = Assembly.GetEntryAssembly() ?? typeof(SystemChecks).Assembly;
        var ours = program.GetReferencedAssemblies().Where(name => name.Name!.StartsWith(nameof(Veer), StringComparison.Ordinal));
        bool embedded = ours.Select(Assembly.Load).Append(program).SelectMany(assembly => assembly.GetManifestResourceNames()).Any(IsFont);
        if (embedded) return new("", Ok, "figures carry a font of their own");

        string? installed = ((string[])["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts"]).Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)).FirstOrDefault(IsFont);
        return installed is not null
            ? new("", Ok, $"the system's, such as {installed}")
            : new("", Warning, "none: figures would have no text", "install one: apt-get install fonts-dejavu-core");
    }

    public static DoctorFinding Mnist()
    {
        const string Name = "mnist", Use = "; only studies of MNIST need it", Remedy = $"veer data fetch {Name}";
        try
        {
            string folder = DataFolders.Find(Name);
            string? missing = Data.Mnist.Files.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)) && !File.Exists(Path.Combine(folder, file + ".gz")));
            return missing is null ? new("", Ok, Path.GetFullPath(folder)) : new("", Warning, $"no {missing} in {Path.GetFullPath(folder)}{Use}", Remedy);
        }
        catch (InputException fault)
        {
            return new("", Warning, fault.Message + Use, Remedy);
        }
    }

    private static DoctorFinding Amount(double found, double needed, string where, string remedy)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{found:0.0} GiB {where}");
        return found >= needed ? new("", Ok, text) : new("", Warning, text, remedy);
    }

    private static bool IsFont(string name) => Path.GetExtension(name).ToUpperInvariant() is ".TTF" or ".OTF" or ".TTC";
}
