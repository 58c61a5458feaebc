using Veer.Formats;

namespace Veer.Data;

/// <summary>Points with their classes.</summary>
/// <param name="Points">[N, ...] float32.</param>
/// <param name="Labels">[N] int64, each 0 to Classes - 1.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record LabeledData(Tensor Points, Tensor Labels, int Classes)
{
    /// <summary>Number of points.</summary>
    public long Count => Points.shape[0];

    /// <summary>Points [N, ...] of any floating type, without classes.</summary>
    internal static LabeledData OfOneClass(Tensor points) =>
        new(points.to(ScalarType.Float32), zeros(points.shape[0], ScalarType.Int64, points.device), 1);

    /// <summary>Sets of the same classes, one after the other.</summary>
    internal static LabeledData Join(IReadOnlyList<LabeledData> sets) =>
        new(cat([.. sets.Select(set => set.Points)]), cat([.. sets.Select(set => set.Labels)]), sets[0].Classes);

    /// <summary>The points of one class, in their order.</summary>
    public Tensor OfClass(int label) => Points[Labels == label];

    /// <summary>The same points on another device.</summary>
    public LabeledData To(Device device) => this with { Points = Points.to(device), Labels = Labels.to(device) };

    /// <summary>The same points as vectors.</summary>
    public LabeledData Flat() => this with { Points = Points.flatten(1) };

    /// <summary>The hash by which these points, labels and classes are known again.</summary>
    public string Key() => ContentKey.Compute(new { Classes }, ContentKey.Hash(Points, Labels));

    /// <summary>The same points without their labels: all of class 0.</summary>
    public LabeledData OfOneClass() => this with { Labels = zeros_like(Labels), Classes = 1 };

    /// <summary>The points of some rows, in that order.</summary>
    public LabeledData Rows(long[] rows)
    {
        using var index = tensor(rows, device: Points.device);
        return Rows(index);
    }

    /// <summary>The same of a list [n] int64 on the device of the points.</summary>
    internal LabeledData Rows(Tensor rows) => this with { Points = Points.index_select(0, rows), Labels = Labels.index_select(0, rows) };

    /// <summary>Some of the points, in a row.</summary>
    public LabeledData Slice(long first, long count) =>
        this with { Points = Points.narrow(0, first, count), Labels = Labels.narrow(0, first, count) };
}
