using Veer.Formats;

namespace Veer.Data;

/// <summary>Reads samples from every format that <see cref="ImageData"/> opens.</summary>
internal static class ImageSamples
{
    /// <summary>Reads one part.</summary>
    /// <param name="path">As the user named it.</param>
    /// <param name="found">The path without its part.</param>
    /// <param name="part">"train", "test", or null for the only one.</param>
    /// <param name="reading">Of which nothing else may be set.</param>
    /// <param name="progress">Is told the share that is read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Samples Read(string path, string found, string? part, SampleReading reading, IProgress<double>? progress, CancellationToken cancellation)
    {
        bool named = DataFolders.Names.Contains(found) && !System.IO.Path.Exists(found);
        if (!named && !System.IO.Path.Exists(found))
            throw new InputException(found, "path", "no such file or folder", $"samples ({string.Join(", ", SampleFormat.All.Select(format => format.Name))}), or one of the names {string.Join(", ", DataFolders.Names)}");
        if (reading.Array is not null) throw new InputException(found, "array", reading.Array, "none: such images are in no arrays");
        if (reading.Images is false) throw new InputException(found, "samples", "images", "vectors");
        var data = ImageData.Open(found, cancellation);
        if (part is null && data.Parts.Count > 1)
            throw new InputException(path, "parts", string.Join(" and ", data.Parts.Select(set => set.Part)), $"one: {string.Join(" or ", data.Parts.Select(set => $"{found}:{set.Part}"))}");
        var set = data.Part(part is null ? null : part == ImageData.Train);
        string kind = named ? $"{found} ({data.Kind})" : data.Kind;
        var samples = new Samples(path, data.Parts.Count > 1 ? $"{kind}, {set.Part}" : kind, set.Load(progress, cancellation), set.Labelled)
        {
            Lossy = set.Lossy,
            NumberType = ElementType.NameOf(ScalarType.Byte),
            ClassNames = set.ClassNames,
        };
        if (set is EncodedImageSet encoded) samples.Origin = (Directory.Exists(set.Path) ? SampleFormat.Folder : SampleFormat.Zip, EncodedLayout.From(encoded, samples));
        return samples;
    }
}
