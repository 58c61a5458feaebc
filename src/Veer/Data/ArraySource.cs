using Veer.Formats;

namespace Veer.Data;

/// <summary>A file of named arrays, which are read when they are asked for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Names">The arrays' names.</param>
/// <param name="Read">Reads one onto the CPU.</param>
/// <param name="Owner">What is open; closed with this.</param>
internal sealed record ArraySource(string Path, IReadOnlyList<string> Names, Func<string, Tensor> Read, IDisposable? Owner = null) : IDisposable
{
    private const string Npy = "array";

    private static readonly string[] PointsNames = ["points", "arr_0", "samples", "images", "x", "data", "features"];
    private static readonly string[] LabelsNames = ["labels", "arr_1", "label", "y"];
    private static readonly string[] StatisticsNames = ["mu", "sigma"];

    /// <summary>Opens an .npz.</summary>
    public static ArraySource OpenNpz(string path, CancellationToken cancellation)
    {
        var file = NpzFile.Open(path, cancellation);
        return new(path, file.Names, file.Read, file);
    }

    /// <summary>Opens a safetensors file.</summary>
    public static ArraySource OpenSafetensors(string path, CancellationToken cancellation)
    {
        var file = SafetensorsInput.Open(path, cancellation);
        return new(path, file.Names, file.Read, file);
    }

    /// <summary>Opens an .npy, whose only array is called "array".</summary>
    public static ArraySource OpenNpy(string path, CancellationToken cancellation) => new(path, [Npy], _ => Formats.Npy.Read(path, cancellation));

    /// <summary>Finds the array of samples and that of their labels; null where there are none.</summary>
    /// <param name="named">The array that the user names, if any.</param>
    /// <param name="notes">Receives a line where others might have been meant.</param>
    /// <exception cref="InputException">No array, or several, may be samples.</exception>
    public (string Points, string? Labels) Find(string? named, ICollection<string> notes)
    {
        string points = named is null ? Find(notes) : Names.FirstOrDefault(name => name == named) ?? throw Fault("arrays", string.Join(", ", Names), $"one named {named}");
        string? labels = LabelsNames.Select(Spelt).FirstOrDefault(name => name is not null && name != points);
        string[] passed = LabelWords.Among(Names.Where(name => name != points && name != labels));
        if (passed.Length > 0)
            notes.Add($"{Path}: {(labels is null ? $"no labels are read, and not {string.Join(", ", passed)}: they are called {string.Join(", ", LabelsNames)}" : $"{labels} is read, and not {string.Join(", ", passed)}")}");
        return (points, labels);
    }

    /// <summary>Closes the file; arrays that were read stay.</summary>
    public void Dispose() => Owner?.Dispose();

    private string Find(ICollection<string> notes)
    {
        string[] known = [.. PointsNames.Select(Spelt).OfType<string>()];
        string[] statistics = [.. StatisticsNames.Select(Spelt).OfType<string>()];
        string[] others = [.. Names.Except(LabelsNames.Select(Spelt).OfType<string>()).Except(statistics)];
        string? points = known.FirstOrDefault() ?? (others is [var only] ? only : null);
        if (points is null && others.Length == 0 && statistics.Length > 0)
            throw Fault("arrays", $"statistics alone ({string.Join(", ", statistics)})", "an array of samples");
        if (points is null)
            throw Fault("arrays", Names.Count == 0 ? "none" : string.Join(", ", Names), $"one named {string.Join(", ", PointsNames)}, or one only beside its labels");
        if (statistics.Length > 0) notes.Add($"{Path}: {points} is read; the statistics {string.Join(", ", statistics)} beside it are passed over");
        if (known.Length > 1) notes.Add($"{Path}: {points} is read, and not {string.Join(", ", known.Skip(1))}");
        return points;
    }

    private string? Spelt(string name) => Names.Contains(name) ? name : Names.FirstOrDefault(there => there.Equals(name, StringComparison.OrdinalIgnoreCase));

    private InputException Fault(string field, string found, string expected) => new(Path, field, found, expected);
}
