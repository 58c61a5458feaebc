using System.Runtime.InteropServices;
using TorchSharp;

namespace Veer.Runtime;

/// <summary>
/// Loads libtorch before TorchSharp does: from the folder that <c>VEER_LIBTORCH</c> names (a CUDA build, say), otherwise the packaged one.
/// Nothing is loaded before <see cref="EnsureLoaded"/> is called.
/// </summary>
public static class NativeLibraries
{
    /// <summary>The environment variable that names a folder holding a libtorch of the user's own.</summary>
    public const string FolderVariable = "VEER_LIBTORCH";

    private const string Guide = "docs/native-libraries.md";

    // Each library needs those before it; c10_cuda and torch_cuda exist in CUDA builds only.
    private static readonly string[] LoadOrder = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>"" or the fault in one line.</summary>
    private static readonly Lazy<string> Outcome = new(Load);

    /// <summary>The folder named by <see cref="FolderVariable"/>, once it was looked for; null when the packaged libtorch is used.</summary>
    public static string? Folder { get; private set; }

    /// <summary>Full paths of the libraries loaded from <see cref="Folder"/>, in their order.</summary>
    public static IReadOnlyList<string> Preloaded { get; private set; } = [];

    private static string? Named => Environment.GetEnvironmentVariable(FolderVariable) is { } folder && !string.IsNullOrWhiteSpace(folder) ? folder : null;

    /// <summary>
    /// Loads libtorch and TorchSharp's wrapper, or says in one line why that cannot be. The library calls it where it loads a model or shares
    /// work among threads; a program that wants the libtorch of <see cref="FolderVariable"/>, or such a line in place of TorchSharp's own
    /// exception, calls it before anything of TorchSharp.
    /// </summary>
    /// <remarks>
    /// May be called from any thread, and again: the first call decides. From then on scalars are freed a second late (Linux on x64), because
    /// TorchSharp frees them while native code reads them (docs/native-libraries.md).
    /// </remarks>
    /// <exception cref="InputException">The folder of <see cref="FolderVariable"/> is unfit, or a library does not load.</exception>
    public static void EnsureLoaded()
    {
        if (Outcome.Value.Length > 0) throw new InputException(Outcome.Value);
    }

    /// <summary>Loads libtorch if the user names one; a fault is kept for <see cref="EnsureLoaded"/>.</summary>
    internal static void LoadNamed()
    {
        if (Named is not null) _ = Outcome.Value;
    }

    /// <summary>The file of a library among the folders that the program searches, or null.</summary>
    internal static string? Find(string library)
    {
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator);
        return folders.Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, FileName(library))).FirstOrDefault(File.Exists);
    }

    /// <summary>This system's file name of a library.</summary>
    internal static string FileName(string library) =>
        FileName(library, OperatingSystem.IsWindows() ? OSPlatform.Windows : OperatingSystem.IsMacOS() ? OSPlatform.OSX : OSPlatform.Linux);

    /// <summary>A system's file name of a library.</summary>
    internal static string FileName(string library, OSPlatform system) =>
        system == OSPlatform.Windows ? $"{library}.dll" : $"lib{library}.{(system == OSPlatform.OSX ? "dylib" : "so")}";

    private static string Load()
    {
        Folder = Named is { } named ? Path.GetFullPath(named) : null;
        return Folder is not null && LoadFrom(Folder) is { } fault ? fault : LoadPackaged();
    }

    /// <summary>Loads the libtorch of a folder; returns null, or the fault in one line.</summary>
    private static string? LoadFrom(string folder)
    {
        string own = Path.Combine(folder, FileName("torch_cpu"));
        if (!File.Exists(own)) return $"{FolderVariable}: {folder} holds no {FileName("torch_cpu")}: name the lib folder of a libtorch ({Guide})";
        if (LoadedLibraries.PathOf(FileName("torch_cpu")) is { } other && RealPath(other) != RealPath(own))
            return $"{FolderVariable}: {other} was loaded before; call {nameof(NativeLibraries)}.{nameof(EnsureLoaded)} before any TorchSharp call";
        if (IsSecondCopy(own))
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
            return $"libtorch does not load: {torchFault}; build the program again or name one by {FolderVariable} ({Guide})";
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
            if (OperatingSystem.IsWindows()) return lines[0];
            return lines.Skip(1).FirstOrDefault(line => !(line.EndsWith("No such file or directory", StringComparison.Ordinal)
                && line.Split(':')[0].Contains(library, StringComparison.Ordinal))) ?? $"{library} was not found";
        }
    }
}
