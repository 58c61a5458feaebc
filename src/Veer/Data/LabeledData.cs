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

    /// <summary>Points without classes.</summary>
    /// <param name="points">[N, ...] of any floating type.</param>
    public static LabeledData OfOneClass(Tensor points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return new(points.to(ScalarType.Float32), zeros(points.shape[0], ScalarType.Int64, points.device), 1);
    }

    /// <summary>Sets of the same classes, one after the other.</summary>
    internal static LabeledData Join(IReadOnlyList<LabeledData> sets) =>
        new(cat([.. sets.Select(set => set.Points)]), cat([.. sets.Select(set => set.Labels)]), sets[0].Classes);

    /// <summary>These points as float32, after a look at what a program gave.</summary>
    /// <param name="name">What they are, for errors: "samples".</param>
    /// <exception cref="InputException">Points that are not [N, ...] of a floating type; labels that are not [N] int64 from 0 to C - 1; no classes.</exception>
    internal LabeledData Checked(string name)
    {
        using var scope = NewDisposeScope();
        if (Points.dim() < 2 || !Points.is_floating_point())
            throw new InputException(name, "points", $"[{string.Join(", ", Points.shape)}] {Points.dtype}", "[N, ...] of a floating type");
        if (!Labels.shape.SequenceEqual([Count]) || Labels.dtype != ScalarType.Int64)
            throw new InputException(name, "labels", $"[{string.Join(", ", Labels.shape)}] {Labels.dtype}", $"[{Count}] Int64: one for each point");
        if (Classes < 1) throw new InputException(name, "classes", $"{Classes}", "at least 1");
        if (Count > 0)
        {
            long least = Labels.min().item<long>(), most = Labels.max().item<long>();
            if (least < 0 || most >= Classes) throw new InputException(name, "labels", $"label {(least < 0 ? least : most)}", $"0 to {Classes - 1}, the classes");
        }
        return Points.dtype == ScalarType.Float32 ? this : this with { Points = Points.to(ScalarType.Float32).MoveToOuterDisposeScope() };
    }

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
