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
        if (!File.Exists(path) && File.Exists(LabelsOf(path))) throw place.Fault($"no such file, and {IdxPair.LabelsName(path)} beside it: the labels of other images", "another name");
        if (samples.Data.Classes > byte.MaxValue + 1) throw place.Fault($"label {samples.Data.Classes - 1}", $"0 to {byte.MaxValue}, or another ending");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        byte[] labels = Array.ConvertAll(samples.Data.Labels.data<long>().ToArray(), label => (byte)label);
        // labels first: whoever finds the images finds their labels
        AtomicFile.Write([
            (LabelsOf(path), Bytes(LabelsOf(path), Idx.LabelsMagic, [labels.Length], [labels])),
            (path, Bytes(path, Idx.ImagesMagic, [points.shape[0], points.shape[2], points.shape[3]], ImageBytes.Rows(points))),
        ]);
    }

    private static string LabelsOf(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", IdxPair.LabelsName(path));

    private static Action<Stream> Bytes(string path, int magic, long[] shape, IEnumerable<byte[]> elements) => stream =>
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
    };
}
