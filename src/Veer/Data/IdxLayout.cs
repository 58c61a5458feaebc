using System.Buffers.Binary;
using System.IO.Compression;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Grey images in an IDX file and their labels in another beside it; gzipped where the name ends in .gz.</summary>
internal sealed class IdxLayout : ISampleLayout
{
    public void Check(string path, Samples samples)
    {
        _ = IdxPair.LabelsName(path);
        var place = new InputPlace(path, "samples");
        if (!samples.IsImages || samples.Data.Points.shape[1] != 1) throw place.Fault($"samples that are no grey images (of {samples.Path})", "grey images, or another ending");
        if (!samples.Labelled) throw place.Fault("no labels", "labels, which IDX images have beside them, or another ending");
        if (samples.Data.Classes > byte.MaxValue + 1) throw place.Fault($"label {samples.Data.Classes - 1}", $"0 to {byte.MaxValue}, or another ending");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        // labels first: whoever finds the images finds their labels
        byte[] labels = Array.ConvertAll(samples.Data.Labels.data<long>().ToArray(), label => (byte)label);
        Write(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", IdxPair.LabelsName(path)), Idx.LabelsMagic, [labels.Length], [labels]);
        Write(path, Idx.ImagesMagic, [points.shape[0], points.shape[2], points.shape[3]], ImageBytes.Rows(points));
    }

    private static void Write(string path, int magic, long[] shape, IEnumerable<byte[]> elements) => AtomicFile.Write(path, stream =>
    {
        using var packed = IdxPair.IsPacked(path) ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : null;
        Stream target = packed ?? stream;
        Span<byte> number = stackalloc byte[sizeof(uint)];
        foreach (long one in (long[])[magic, .. shape])
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, (uint)one);
            target.Write(number);
        }
        foreach (byte[] some in elements) target.Write(some);
    });
}
