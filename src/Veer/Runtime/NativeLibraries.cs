using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Veer.Runtime;

/// <summary>
/// Loads libtorch before TorchSharp does: from the folder that <c>VEER_LIBTORCH</c> names (a CUDA build, say), otherwise the
/// packaged one. A fault is kept and thrown by <see cref="EnsureLoaded"/> as one line.
/// </summary>
public static class NativeLibraries
{
    /// <summary>The environment variable that names a folder holding a libtorch of the user's own.</summary>
    public const string FolderVariable = "VEER_LIBTORCH";

    private const string Guide = "docs/native-libraries.md";

    // Each library needs those before it; libc10_cuda and libtorch_cuda exist in CUDA builds only.
    private static readonly string[] LoadOrder = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    private static string? fault;

    /// <summary>The folder named by <see cref="FolderVariable"/>; null when the packaged libtorch is used.</summary>
    public static string? Folder { get; private set; }

    /// <summary>Full paths of the libraries loaded from <see cref="Folder"/>, in their order.</summary>
    public static IReadOnlyList<string> Preloaded { get; private set; } = [];

    /// <summary>Loads libtorch and TorchSharp's wrapper, or says in one line why that cannot be.</summary>
    /// <exception cref="InputException">The folder of <see cref="FolderVariable"/> is unfit, or a library does not load.</exception>
    public static void EnsureLoaded()
    {
        fault ??= LoadPackaged();
        if (fault.Length > 0) throw new InputException(fault);
    }

    /// <summary>The file of a library among the folders that the program searches, or null.</summary>
    internal static string? Find(string library)
    {
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator);
        return folders.Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, FileName(library))).FirstOrDefault(File.Exists);
    }

    /// <summary>The system's file name of a library.</summary>
    internal static string FileName(string library) => $"lib{library}.{(OperatingSystem.IsMacOS() ? "dylib" : "so")}";

#pragma warning disable CA2255 // TorchSharp loads libtorch at its first call, so this has to come before any code of the program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize()
    {
        Threads.LetIdleThreadsSleep();
        Allocator.KeepFreedMemory();
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (string.IsNullOrWhiteSpace(folder)) return;
        Folder = Path.GetFullPath(folder);
        fault = LoadFrom(Folder);
    }

    /// <summary>Loads the libtorch of a folder; returns null, or the fault in one line.</summary>
    private static string? LoadFrom(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName("torch_cpu"))))
            return $"{FolderVariable}: {folder} holds no {FileName("torch_cpu")}: name the lib folder of a libtorch ({Guide})";
        if (LoadedLibraries.PathOf(FileName("torch_cpu")) is { } other)
            return $"{FolderVariable}: {other} was loaded before; call {nameof(NativeLibraries)}.{nameof(EnsureLoaded)} before any TorchSharp call";
        if (IsSecondCopy(Path.Combine(folder, FileName("torch_cpu"))))
            return $"{FolderVariable}: {folder} cannot be used: this program carries a libtorch of its own; build it with the variable set ({Guide})";

        var loaded = new List<string>();
        foreach (string file in LoadOrder.Select(library => Path.Combine(folder, FileName(library))).Where(File.Exists))
        {
            if (Fault(file, () => NativeLibrary.Load(file)) is { } reason) return $"{FolderVariable}: {reason} ({Guide})";
            loaded.Add(file);
        }
        Preloaded = loaded;
        return null;
    }

    /// <summary>Loads what TorchSharp would, because its own message fills the console; returns "" or the fault in one line.</summary>
    private static string LoadPackaged()
    {
        if (Folder is null && Load("torch_cpu") is { } torchFault)
            return $"libtorch does not load: {torchFault}; run 'dotnet build' again or set {FolderVariable} ({Guide})";
        return Load("LibTorchSharp", LateScalars.Install) is { } wrapperFault
            ? $"TorchSharp's native wrapper does not load: {wrapperFault} ({Guide})"
            : "";

        static string? Load(string library, Action<nint>? loaded = null) => Fault(library, () =>
        {
            nint handle = NativeLibrary.Load(library, typeof(torch).Assembly, null);
            loaded?.Invoke(handle);
        });
    }

    // TorchSharp loads any libtorch among the program's folders when its classes start, and two copies abort the process.
    private static bool IsSecondCopy(string file) =>
        Find("torch_cpu") is { } packaged && RealPath(packaged) != RealPath(file);

    private static string RealPath(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;

    private static string? Fault(string library, Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The loader answers with a line per place it searched; the telling one is about another file, or not about a missing one.
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.Skip(1).FirstOrDefault(line => !(line.EndsWith("No such file or directory", StringComparison.Ordinal)
                && line.Split(':')[0].Contains(library, StringComparison.Ordinal))) ?? $"{library} was not found";
        }
    }
}
