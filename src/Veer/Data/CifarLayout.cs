using Veer.Formats;

namespace Veer.Data;

/// <summary>Images in CIFAR-10's binary version, one file.</summary>
internal sealed class CifarLayout : ISampleLayout
{
    public void Check(string path, Samples samples)
    {
        var place = new InputPlace(path, "samples");
        var shape = samples.Data.Points.shape;
        if (!samples.IsImages || shape is not [_, CifarImageSet.Channels, CifarImageSet.Side, CifarImageSet.Side])
            throw place.Fault($"samples of {string.Join(" x ", shape[1..])} (of {samples.Path})", $"images of {CifarImageSet.Channels} x {CifarImageSet.Side} x {CifarImageSet.Side}, or another ending");
        if (!samples.Labelled) throw place.Fault("no labels", "labels, which each record has, or another ending");
        if (samples.Data.Classes > CifarImageSet.NumberOfClasses) throw place.Fault($"label {samples.Data.Classes - 1}", $"0 to {CifarImageSet.NumberOfClasses - 1}, or another ending");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        long[] labels = samples.Data.Labels.data<long>().ToArray();
        AtomicFile.Write(path, stream =>
        {
            foreach (var (i, planes) in ImageBytes.Rows(points, planes: true).Index())
            {
                stream.WriteByte((byte)labels[i]);
                stream.Write(planes);
            }
        });
    }
}
