using Veer.Data;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class VectorDataTests : IDisposable
{
    private static readonly Tensor Points = arange(6, ScalarType.Float32).reshape(3, 2);
    private static readonly Tensor Labels = tensor(new long[] { 0, 2, 1 });

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Int64)]
    [InlineData(ScalarType.Float64, ScalarType.Int32)]
    [InlineData(ScalarType.Float16, ScalarType.Byte)]
    [InlineData(ScalarType.Float64, ScalarType.Int16)]
    public void Points_and_labels_of_any_width_are_read(ScalarType points, ScalarType labels)
    {
        string path = Write(Points.to(points), Labels.to(labels));
        using var scope = NewDisposeScope();
        var data = VectorData.Load(path);
        Assert.Equal(2, scope.DisposablesCount);
        Assert.True(AnyTensor.Same(Points, data.Points));
        Assert.True(AnyTensor.Same(Labels, data.Labels));
        Assert.Equal(3, data.Classes);
        Assert.Equal(5, VectorData.Load(path, classes: 5).Classes);
    }

    [Fact]
    public void Arrays_without_names_are_taken_in_their_order() =>
        Assert.True(AnyTensor.Same(Points, VectorData.Load(Write(Points, Labels, "arr_0", "arr_1")).Points));

    [Fact]
    public void A_missing_array_names_those_there()
    {
        Refusal.Of(
            () => VectorData.Load(Write(Points, Labels, "x", "labels")),
            "data.npz: arrays: found labels, x, expected points (or arr_0)");
        Npz.Write(folder.File("none.npz"), new Dictionary<string, Tensor>());
        Refusal.Of(() => VectorData.Load(folder.File("none.npz")), "none.npz: arrays: found no arrays, expected points (or arr_0)");
    }

    [Fact]
    public void Wrong_shapes_and_types_are_refused()
    {
        Refusal.Of(() => VectorData.Load(Write(Points.reshape(6), Labels)), "data.npz: points: found shape [6], expected [N, D]");
        Refusal.Of(() => VectorData.Load(Write(Points.reshape(3, 2, 1), Labels)), "points: found shape [3, 2, 1], expected [N, D]");
        Refusal.Of(
            () => VectorData.Load(Write(zeros(0, 2), zeros(0, ScalarType.Int64))),
            "points: found shape [0, 2], expected at least one point");
        Refusal.Of(() => VectorData.Load(Write(zeros(3, 0), Labels)), "points: found shape [3, 0], expected at least one point");
        Refusal.Of(
            () => VectorData.Load(Write(Points.to(ScalarType.Int64), Labels)),
            "points: found type int64, expected float32 or float64");
        Refusal.Of(() => VectorData.Load(Write(Points, Labels.reshape(3, 1))), "labels: found shape [3, 1], expected [N]");
        Refusal.Of(() => VectorData.Load(Write(Points, Labels.to(ScalarType.Float32))), "labels: found type float32, expected integers");
        Refusal.Of(() => VectorData.Load(Write(Points, Labels[..2])), "labels: found 2 labels, expected 3, one for each row of points");
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(1e300, "Infinity")] // too large for float32
    public void The_first_number_that_is_not_finite_is_named(double value, string shown)
    {
        var points = Points.to(ScalarType.Float64, copy: true);
        points[1, 1] = value;
        points[2, 0] = double.NaN;
        Refusal.Of(
            () => VectorData.Load(Write(points, Labels)),
            $"data.npz: points: found {shown} at row 1, column 1, expected finite float32 numbers");
    }

    [Theory]
    [InlineData(-1, null, "labels: found label -1 at row 1, expected 0 to 1")]
    [InlineData(7, 3, "labels: found label 7 at row 1, expected 0 to 2")]
    [InlineData(long.MaxValue, null, "labels: found label 9223372036854775807 at row 1, expected 0 to ")]
    public void The_first_label_out_of_range_is_named(long label, int? classes, string message) =>
        Refusal.Of(() => VectorData.Load(Write(Points, tensor(new[] { 0L, label, 1L })), classes), message);

    [Theory]
    [InlineData(100000000, 1, 3)] // one number in float32
    [InlineData(1e9, 0.5, 1000)]
    [InlineData(1.7e9, 0.72, 100)] // seconds of a minute or so
    [InlineData(0, 1e-60, 9)] // below all that float32 has
    public void Points_that_float32_cannot_tell_apart_are_refused(double offset, double step, long count)
    {
        var points = zeros(count, 2, ScalarType.Float64);
        points.select(1, 1).copy_(offset + (step * arange(count, ScalarType.Float64)));
        Refusal.Of(
            () => VectorData.Load(Write(points, zeros(count, ScalarType.Int64))),
            "data.npz: points: found float64 values of column 1 that float32 takes for equal (", "expected values that float32 tells apart: take a constant off the column");
        // what is given in float32 is as its owner wants it
        Assert.Equal(count, VectorData.Load(Write(points.to(ScalarType.Float32), zeros(count, ScalarType.Int64))).Count);
    }

    [Fact]
    public void Two_far_clusters_that_float32_would_make_points_are_refused()
    {
        double[] corners = [0, 1, 1e9, 1e9 + 1];
        Refusal.Of(() => VectorData.Load(Write(tensor(corners).reshape(4, 1), zeros(4, ScalarType.Int64))), "(1 of 3 differences)");
    }

    [Fact]
    public void Points_that_float32_only_rounds_are_read()
    {
        const int Count = 6000;
        var normal = RandomKey.From(4, "points").Normal(0, Count, [6]).to(ScalarType.Float64);
        var noisy = normal + (1e-9 * normal.flip(0)); // digits that float32 has not
        noisy.select(1, 1).add_(50);
        noisy.select(1, 2).mul_(1e30);
        noisy.select(1, 3).copy_(0.1 + 0.2 + (1e-17 * normal.select(1, 0))); // one number, but for the last bit
        noisy.select(1, 4).copy_(tensor([.. Enumerable.Range(0, Count).Select(i => i / 10 * 0.1)]));
        noisy.select(1, 5).copy_(normal.select(1, 5).exp());
        Assert.Equal(Count, VectorData.Load(Write(noisy, zeros(Count, ScalarType.Int64))).Count);
    }

    [Fact]
    public void A_label_too_large_to_count_by_is_refused() => Refusal.Of(
        () => VectorData.Load(Write(Points, tensor(new long[] { 0, 1_000_000, 1 }))), "labels: found label 1000000 at row 1, expected 0 to 999999");

    private string Write(Tensor points, Tensor labels, string pointsName = "points", string labelsName = "labels")
    {
        string path = folder.File("data.npz");
        Npz.Write(path, new Dictionary<string, Tensor> { [pointsName] = points, [labelsName] = labels });
        return path;
    }
}
