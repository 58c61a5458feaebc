using Veer.Formats;

namespace Veer.Data;

/// <summary>Where an image's channels stand in an array.</summary>
internal enum ChannelAxis
{
    /// <summary>[N, height, width]: grey.</summary>
    None,

    /// <summary>[N, channels, height, width].</summary>
    First,

    /// <summary>[N, height, width, channels].</summary>
    Last,
}

/// <summary>Samples in arrays: their names, types, axes and range.</summary>
/// <param name="Points">The samples' name.</param>
/// <param name="Type">Their element type.</param>
/// <param name="Labels">Their labels' name, if they have labels.</param>
internal sealed record ArrayLayout(string Points, ScalarType Type, string Labels) : ISampleLayout
{
    // the least and the largest of whole numbers that float32 holds without rounding beyond the type
    private static readonly Dictionary<ScalarType, (double Low, double High)> Wholes = new()
    {
        [ScalarType.Byte] = (byte.MinValue, byte.MaxValue),
        [ScalarType.Int8] = (sbyte.MinValue, sbyte.MaxValue),
        [ScalarType.Int16] = (short.MinValue, short.MaxValue),
        [ScalarType.Int32] = (int.MinValue, int.MaxValue),
        [ScalarType.Int64] = (long.MinValue / 2, long.MaxValue / 2),
    };

    /// <summary>The labels' element type.</summary>
    public ScalarType LabelsType { get; init; } = ScalarType.Int64;

    /// <summary>The labels' shape, where it is not [N].</summary>
    public long[]? LabelsShape { get; init; }

    /// <summary>Of images, where their channels stand.</summary>
    public ChannelAxis Channels { get; init; }

    /// <summary>Of images, what their pixels run from and to.</summary>
    public PixelRange Range { get; init; }

    /// <summary>Of vectors, a row's own shape, where it is not [D].</summary>
    public long[]? Row { get; init; }

    /// <summary>Vectors as <c>points</c> and <c>labels</c> in float32; images as bytes [N, H, W, C] under other names.</summary>
    public static ArrayLayout Standard(Samples samples, string images, string imageLabels) => samples.IsImages
        ? new(images, ScalarType.Byte, imageLabels) { Channels = ChannelAxis.Last, Range = PixelRange.Bytes }
        : new("points", ScalarType.Float32, "labels");

    /// <summary>Whether a type is one of whole numbers.</summary>
    public static bool IsWhole(ScalarType type) => Wholes.ContainsKey(type);

    public void Check(string path, Samples samples)
    {
        if (IsNpy(path) && samples.Labelled)
            throw new InputException(path, "ending", ".npy, which has no labels", "one that holds the labels too: .npz, .safetensors");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        using var scope = NewDisposeScope();
        var arrays = new Dictionary<string, Tensor> { [Points] = ToArray(points, samples.IsImages) };
        if (samples.Labelled)
        {
            var labels = samples.Data.Labels.to(LabelsType);
            arrays[Labels] = LabelsShape is null ? labels : labels.reshape(LabelsShape);
        }
        if (IsNpy(path)) Npy.Write(path, arrays[Points]);
        else if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) Safetensors.Write(path, arrays);
        else Npz.Write(path, arrays);
    }

    private Tensor ToArray(Tensor points, bool images)
    {
        var values = images ? PixelRanges.FromSymmetric(points, Range) : points.detach().to(ScalarType.Float32);
        if (Wholes.TryGetValue(Type, out var ends)) values = values.to(ScalarType.Float64).round().clamp(ends.Low, ends.High);
        values = values.to(Type);
        if (!images) return Row is null ? values : values.reshape([values.shape[0], .. Row]);
        return Channels switch
        {
            ChannelAxis.None => values.squeeze(1),
            ChannelAxis.First => values,
            _ => values.permute(0, 2, 3, 1).contiguous(),
        };
    }

    private static bool IsNpy(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);
}
