namespace Veer.Formats;

/// <summary>NumPy's .npz archives: named arrays, one <see cref="Npy"/> each, in a zip.</summary>
public static class Npz
{
    /// <summary>Reads every array onto the CPU; <see cref="NpzFile"/> reads them one by one.</summary>
    /// <param name="path">The .npz.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">There is no such file, or it is no whole archive of numeric arrays.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path, CancellationToken cancellation = default)
    {
        using var file = NpzFile.Open(path, cancellation);
        using var scope = NewDisposeScope();
        var arrays = new Dictionary<string, Tensor>();
        foreach (string name in file.Names) arrays.Add(name, file.Read(name));
        foreach (var array in arrays.Values) array.MoveToOuterDisposeScope();
        return arrays;
    }

    /// <summary>
    /// Writes arrays, atomically. Equal arrays give equal bytes: sorted by name, stored without compression, no time of day.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty, or .npy has no such element type.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> arrays)
    {
        foreach (var (name, array) in arrays)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(arrays));
            Npy.Check(array, name);
        }
        ZipOutput.Write(path, arrays.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key + NpzFile.Extension, (Action<Stream>)(target => Npy.Write(target, pair.Value)))));
    }
}
