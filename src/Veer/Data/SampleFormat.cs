namespace Veer.Data;

/// <summary>A format of samples: by which path it is meant, how it is read, how samples from elsewhere lie in it.</summary>
internal sealed class SampleFormat
{
    private SampleFormat(string name, Func<string, bool> isMeant, Func<Samples, ISampleLayout> standard) =>
        (Name, IsMeant, Standard) = (name, isMeant, standard);

    public static SampleFormat Npz { get; } = new(".npz", Ending(".npz"), samples => ArrayLayout.Standard(samples, "arr_0", "arr_1"))
    {
        Read = (path, reading, cancellation) => ArraySamples.Read(Npz!, ArraySource.OpenNpz(path, cancellation), reading),
    };

    public static SampleFormat Npy { get; } = new(".npy", Ending(".npy"), samples => ArrayLayout.Standard(samples, "array", ""))
    {
        Read = (path, reading, cancellation) => ArraySamples.Read(Npy!, ArraySource.OpenNpy(path, cancellation), reading),
    };

    public static SampleFormat Safetensors { get; } = new(".safetensors", Ending(".safetensors"), samples => ArrayLayout.Standard(samples, "images", "labels"))
    {
        Read = (path, reading, cancellation) => ArraySamples.Read(Safetensors!, ArraySource.OpenSafetensors(path, cancellation), reading),
    };

    public static SampleFormat Zip { get; } = new("dataset zip (.zip)", Ending(".zip"), EncodedLayout.Standard);

    public static SampleFormat Folder { get; } = new("folder of PNG (no ending)", path => IsFolder(path), EncodedLayout.Standard);

    /// <summary>All formats that samples can be written in.</summary>
    public static IReadOnlyList<SampleFormat> All { get; } = [Npz, Npy, Safetensors, Zip, Folder];

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Whether a path to be written means this format.</summary>
    public Func<string, bool> IsMeant { get; }

    /// <summary>How samples from elsewhere lie in it.</summary>
    public Func<Samples, ISampleLayout> Standard { get; }

    /// <summary>Reads samples; null for the formats of images, which <see cref="ImageData"/> opens.</summary>
    public Func<string, SampleReading, CancellationToken, Samples>? Read { get; private init; }

    /// <summary>The format that a path means.</summary>
    /// <exception cref="InputException">Its ending is none of theirs.</exception>
    public static SampleFormat Find(string path) => All.FirstOrDefault(format => format.IsMeant(path))
        ?? throw new InputException(path, "ending", System.IO.Path.GetExtension(path) is { Length: > 0 } ending ? ending : "none", string.Join(", ", All.Select(format => format.Name)));

    private static Func<string, bool> Ending(params string[] endings) => path => endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static bool IsFolder(string path) => System.IO.Path.EndsInDirectorySeparator(path) || System.IO.Path.GetExtension(path).Length == 0;
}
