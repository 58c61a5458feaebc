using CsCheck;
using Veer.Matching;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Matching;

public class NeighborsTests
{
    [Theory]
    [InlineData("faiss_d3", 2e-5)]
    [InlineData("faiss_d48", 2e-4)]
    [InlineData("faiss_offset", 1e-6)]
    [InlineData("faiss_ties", 5e-6)]
    public void Golden_lists_come_back_in_the_exact_order(string name, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var (exactIndices, exactSquared) = (golden["exact_I"], golden["exact_D"]);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var found = Search(golden["query"].to(type), golden["base"].to(type), (int)exactIndices.shape[1]);
            Assert.Equal(exactIndices.data<long>().ToArray(), found.Indices.data<long>().ToArray());
            var squared = found.Distances.to(ScalarType.Float64).square();
            Assert.True((squared - exactSquared).abs().max().item<double>() <= tolerance);
        }
    }

    [Fact]
    public void Offset_queries_that_are_points_find_themselves_at_distance_zero()
    {
        using var scope = NewDisposeScope();
        var points = GoldenFile.Load("faiss_offset.safetensors")["base"];
        var found = Search(points, points, 1);
        Assert.Equal(0, found.Distances.max().item<float>());
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), found.Indices.data<long>().ToArray());
    }

    // Coordinates on a coarse grid make many ties and duplicates; few of them make collinear and equal points.
    [Fact]
    public void Tree_and_products_equal_brute_force() =>
        (from dimensions in Gen.Int[1, 40]
         from count in Gen.Int[1, 150]
         from grid in Gen.Int[1, 50]
         from offset in Gen.OneOf(Gen.Const(0f), Gen.Const(1000f))
         from points in Gen.Int[0, grid].Select(i => offset + i / 8f).Array[count * dimensions]
         from queries in Gen.Int[0, grid].Select(i => offset + i / 8f).Array[5 * dimensions]
         from k in Gen.OneOf(Gen.Int[1, count], Gen.Const(count))
         select (dimensions, k, points, queries)).SampleFixed(
             sample => CompareWithBruteForce(sample.queries, sample.points, sample.dimensions, sample.k), iter: 100);

    [Theory]
    [InlineData(2, 3000, 200)]
    [InlineData(3, 3000, 200)]
    [InlineData(16, 9000, 10)]
    public void Many_points_equal_brute_force(int dimensions, int count, int asked)
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(1, "points").Normal(0, count, [dimensions]).data<float>().ToArray();
        var queries = RandomKey.From(1, "queries").Normal(0, asked, [dimensions]).data<float>().ToArray();
        CompareWithBruteForce(queries, points, dimensions, 20);
    }

    // Clusters of many sizes, equal points, queries far away, and units whose squares are below the normal numbers.
    [Fact]
    public void Queries_answered_together_equal_brute_force() =>
        (from dimensions in Gen.Int[1, 4]
         from unit in One(1e-161, 1e-155, 1e-20, 1, 1e25)
         from width in One(0, 1e-6, 0.3, 5)
         from points in Point(dimensions, width, unit).Array[1, 900]
         from queries in Gen.OneOf(Point(dimensions, width, unit), Point(dimensions, 1e3, unit)).Array[1, 200]
         from k in Gen.Int[1, Math.Min(70, points.Length)]
         select (dimensions, k, points: points.SelectMany(all => all).ToArray(), queries: queries.SelectMany(all => all).ToArray())).SampleFixed(
             sample => CompareWithBruteForce(sample.queries, sample.points, sample.dimensions, sample.k, ScalarType.Float64), iter: 40);

    // So far away, all points are candidates of the few queries of a group.
    [Fact]
    public void Few_queries_far_from_many_points_equal_brute_force()
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(4, "points").Normal(0, 30_000, [2]).data<float>().ToArray();
        var queries = (RandomKey.From(4, "queries").Normal(0, 20, [2]) * 100).data<float>().ToArray();
        CompareWithBruteForce(queries, points, 2, 20);
    }

    [Theory]
    [InlineData(1e-38f)]
    [InlineData(1e25f)]
    public void Very_small_and_very_large_units_change_nothing(float unit)
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(2, "points").Normal(0, 300, [24]).mul(unit).data<float>().ToArray();
        CompareWithBruteForce(points[..240], points, 24, 20);
    }

    [Fact]
    public void Outlier_among_the_points_leaves_the_lists_exact()
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(3, "points").Normal(0, 300, [24]).data<float>().ToArray();
        points[24 * 7] = 1e6f;
        CompareWithBruteForce(points[..240], points, 24, 20);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1)]
    [InlineData(ScalarType.Float64, 20)]
    [InlineData(ScalarType.Int64, 20)]
    [InlineData(ScalarType.Int32, 20)]
    public void What_float32_cannot_tell_apart_is_told_apart_where_it_is_given_wider(ScalarType type, int dimensions)
    {
        using var scope = NewDisposeScope();
        var points = zeros(3, dimensions, ScalarType.Float64);
        points.select(1, 0).copy_(tensor(new double[] { 100000000, 100000001, 100000002 }));
        var found = Search(points.narrow(0, 1, 1).to(type), points.to(type), 3);
        Assert.Equal([1, 0, 2], found.Indices.data<long>().ToArray());
        Assert.Equal([0, 1, 1], found.Distances.data<float>().ToArray());
    }

    [Fact]
    public void Lists_of_a_class_name_rows_of_all_points_and_progress_ends_at_one()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new float[] { 0, 1, 2, 3, 4, 5 }).reshape(6, 1);
        var labels = tensor(new long[] { 1, 0, 1, 0, 1, 0 });
        var progress = new Recorder();
        var found = SearchByClass(
            tensor(new float[] { 0, 0, 5 }).reshape(3, 1), tensor(new long[] { 0, 1, 1 }), points, labels, classes: 3, k: 2, progress);
        Assert.Equal([1, 3, 0, 2, 4, 2], found.Indices.data<long>().ToArray());
        Assert.Equal([1, 3, 0, 2, 1, 3], found.Distances.data<float>().ToArray());
        Assert.Equal(1, progress.Last, 12);
    }

    [Fact]
    public void Classes_may_be_numbers_of_many_digits()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 99_999, 0, 99_999 });
        var found = SearchByClass(tensor(new float[] { 1, 1 }).reshape(2, 1), tensor(new long[] { 99_999, 0 }), tensor(new float[] { 4, 1, 2 }).reshape(3, 1), labels, classes: 100_000, k: 1);
        Assert.Equal([2, 1], found.Indices.data<long>().ToArray());
    }

    [Fact]
    public void Class_with_too_few_points_is_named()
    {
        using var scope = NewDisposeScope();
        var fault = Assert.Throws<InputException>(() => SearchByClass(
            zeros(2, 1), tensor(new long[] { 0, 1 }), zeros(4, 1), tensor(new long[] { 0, 0, 0, 1 }), classes: 2, k: 2));
        Assert.Equal("neighbours: class 1: found 1 points, expected at least 2 (the k of top-k)", fault.Message);
    }

    [Fact]
    public void Label_out_of_range_is_named()
    {
        using var scope = NewDisposeScope();
        var fault = Assert.Throws<InputException>(() => SearchByClass(
            zeros(2, 1), tensor(new long[] { 0, 5 }), zeros(2, 1), tensor(new long[] { 0, 1 }), classes: 2, k: 1));
        Assert.Equal("neighbours: query labels: found 5, expected 0 to 1", fault.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Value_that_is_not_finite_is_named(float value)
    {
        using var scope = NewDisposeScope();
        var queries = zeros(3, 2);
        queries[1, 1] = value;
        var fault = Assert.Throws<InputException>(() => Search(queries, zeros(3, 2), 1));
        Assert.StartsWith("neighbours: row 1 of the queries: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void Cancelled_search_stops(int dimensions)
    {
        using var scope = NewDisposeScope();
        var points = zeros(10, dimensions);
        Assert.ThrowsAny<OperationCanceledException>(
            () => Neighbors.Search(points, points, 1, cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void More_neighbours_than_points_are_refused_and_no_queries_are_answered()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<InputException>(() => Search(zeros(1, 2), zeros(3, 2), 4));
        Assert.Equal([0, 3], Search(zeros(0, 2), zeros(3, 2), 3).Indices.shape);
    }

    [Fact]
    public void What_cannot_be_searched_is_refused_before_anything_is_read()
    {
        using var scope = NewDisposeScope();
        var labels = zeros(3, ScalarType.Int64);
        foreach (int k in (int[])[0, -1])
        {
            Refusal.Of(() => Search(zeros(3, 2), zeros(3, 2), k), $"neighbours: k: found {k}, expected at least 1");
            Refusal.Of(() => SearchByClass(zeros(3, 2), labels, zeros(3, 2), labels, 1, k), $"neighbours: k: found {k}, expected at least 1");
        }
        Refusal.Of(() => Search(zeros(3, 12), zeros(0, 12), 1), "neighbours: points: found 0");
        Assert.Throws<ArgumentException>(() => SearchByClass(zeros(3), labels, zeros(3), labels, 1, 1));
        Assert.Throws<ArgumentException>(() => SearchByClass(zeros(3, 2), labels.to(ScalarType.Float32), zeros(3, 2), labels, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SearchByClass(zeros(3, 2), labels, zeros(3, 2), labels, 0, 1));
        // a view of one row takes no memory
        Refusal.Of(() => Search(zeros(1, 12).expand(1 << 30, 12), zeros(3, 12), 2), "neighbours: queries: found 1073741824", "with 2 neighbours each");
        Refusal.Of(() => Search(zeros(3, 4), zeros(1, 4).expand(1 << 30, 4), 2), "neighbours: points: found 1073741824", "of 4 numbers");
    }

    private static Gen<double> One(params double[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<double[]> Point(int dimensions, double width, double unit) =>
        from cluster in Gen.Int[0, 3]
        from offsets in Gen.OneOf(Gen.Double[-1, 1], Gen.Int[-2, 2].Select(step => step / 2.0)).Array[dimensions]
        select Array.ConvertAll(offsets, offset => unit * (10 * cluster + width * offset));

    private static NeighborLists Search(Tensor queries, Tensor points, int k) =>
        Neighbors.Search(queries, points, k, cancellation: TestContext.Current.CancellationToken);

    private static NeighborLists SearchByClass(
        Tensor queries, Tensor queryLabels, Tensor points, Tensor pointLabels, int classes, int k, IProgress<double>? progress = null) =>
        Neighbors.SearchByClass(queries, queryLabels, points, pointLabels, classes, k, progress, TestContext.Current.CancellationToken);

    private static void CompareWithBruteForce(float[] queries, float[] points, int dimensions, int k) =>
        CompareWithBruteForce([.. queries], [.. points], dimensions, k, ScalarType.Float32, ScalarType.Float64);

    private static void CompareWithBruteForce(double[] queries, double[] points, int dimensions, int k, params ScalarType[] types)
    {
        using var scope = NewDisposeScope();
        int count = points.Length / dimensions;
        var ranked = queries.Chunk(dimensions).Select(query => Enumerable.Range(0, count)
            .Select(i => (Squared: SquaredDistance(query, points.AsSpan(i * dimensions, dimensions)), Index: (long)i))
            .OrderBy(pair => pair.Squared).ThenBy(pair => pair.Index).Take(k)).SelectMany(list => list).ToArray();
        foreach (var type in types)
        {
            var found = Search(
                tensor(queries, [queries.Length / dimensions, dimensions]).to(type), tensor(points, [count, dimensions]).to(type), k);
            Assert.Equal(ranked.Select(pair => pair.Index), found.Indices.data<long>().ToArray());
            var distances = found.Distances.data<float>().ToArray();
            for (int i = 0; i < ranked.Length; i++) Assert.Equal((float)Math.Sqrt(ranked[i].Squared), distances[i]);
        }
    }

    private static double SquaredDistance(double[] query, ReadOnlySpan<double> point)
    {
        double sum = 0;
        for (int axis = 0; axis < query.Length; axis++) sum += (query[axis] - point[axis]) * (query[axis] - point[axis]);
        return sum;
    }

    private sealed class Recorder : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value) => Last = value;
    }
}
