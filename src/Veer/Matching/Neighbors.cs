using Veer.Data;

namespace Veer.Matching;

/// <summary>
/// Exact top-k nearest neighbours by Euclidean distance: a k-d tree in few dimensions, chunked matrix products in many. Both rank by the
/// float64 sum of squared differences and settle ties by the lower index, so the lists are the same on every machine and for any chunk.
/// </summary>
public static class Neighbors
{
    /// <summary>Up to here the tree is the faster of the two; beyond, boxes overlap the search ball too often.</summary>
    internal const int TreeDimensions = 8;

    /// <summary>The k points nearest to every query.</summary>
    /// <param name="queries">[N, D] float32 or float64.</param>
    /// <param name="points">[M, D] float32 or float64. Float64 data, and whole numbers of 32 bits and more, are searched by the tree whatever their dimension.</param>
    /// <param name="k">Neighbours per query, 1 to M.</param>
    /// <param name="progress">Told the share of queries answered, 0 to 1.</param>
    /// <param name="cancellation">Stops the search between blocks of queries.</param>
    /// <returns>Lists on the device of the queries; the search itself runs on the CPU.</returns>
    /// <exception cref="InputException">A value is not finite, or there are fewer than k points.</exception>
    public static NeighborLists Search(
        Tensor queries, Tensor points, int k, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var table = Find(queries, points, k, progress, cancellation);
        var (indices, distances) = table.Lists();
        return new(indices.to(queries.device).MoveToOuterDisposeScope(), distances.to(queries.device).MoveToOuterDisposeScope());
    }

    /// <summary>The k points of its own class that are nearest to every query.</summary>
    /// <param name="queries">[N, D] float32 or float64.</param>
    /// <param name="queryLabels">[N] int64, each 0 to classes - 1.</param>
    /// <param name="points">[M, D] float32 or float64.</param>
    /// <param name="pointLabels">[M] int64.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="k">Neighbours per query; every class that is asked for needs as many points.</param>
    /// <param name="progress">Told the share of queries answered, 0 to 1.</param>
    /// <param name="cancellation">Stops the search between blocks of queries.</param>
    /// <returns>Lists whose indices are rows of all points.</returns>
    /// <exception cref="InputException">A value is not finite, a label is out of range, or a class has fewer than k points.</exception>
    public static NeighborLists SearchByClass(
        Tensor queries, Tensor queryLabels, Tensor points, Tensor pointLabels, int classes, int k,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        RequireMatrices(queries, points, k);
        using var scope = NewDisposeScope();
        ByClass.RequireLabels(queries, queryLabels, classes, "neighbours", "query labels");
        ByClass.RequireLabels(points, pointLabels, classes, "neighbours", "point labels");
        // labels may be numbers of many digits, of which few are there
        var (there, numbered, _) = cat([queryLabels, pointLabels.to(queryLabels.device)]).unique(sorted: true, return_inverse: true);
        classes = Math.Max(1, (int)there.shape[0]);
        var asked = ByClass.Split(queries, numbered!.narrow(0, 0, queries.shape[0]), classes, "neighbours", "query labels");
        var known = ByClass.Split(points, numbered.narrow(0, queries.shape[0], points.shape[0]), classes, "neighbours", "point labels");
        for (int label = 0; label < classes; label++)
        {
            if (asked[label].shape[0] > 0 && known[label].shape[0] < k)
            {
                throw new InputException(
                    "neighbours", $"class {there[label].item<long>()}", $"{known[label].shape[0]} points", $"at least {k} (the k of top-k)");
            }
        }

        long count = queries.shape[0];
        var indices = empty([count, k], ScalarType.Int64, queries.device);
        var distances = empty([count, k], ScalarType.Float32, queries.device);
        long before = 0;
        for (int label = 0; label < classes; label++)
        {
            using var ofClass = NewDisposeScope();
            var (rows, candidates) = (asked[label], known[label]);
            if (rows.shape[0] == 0) continue;
            var share = progress is null ? null : new PartOfProgress(progress, (double)before / count, (double)rows.shape[0] / count);
            var lists = Search(queries.index_select(0, rows), points.index_select(0, candidates), k, share, cancellation);
            indices.index_copy_(0, rows, candidates.to(queries.device)[lists.Indices]);
            distances.index_copy_(0, rows, lists.Distances);
            before += rows.shape[0];
        }
        return new(indices.MoveToOuterDisposeScope(), distances.MoveToOuterDisposeScope());
    }

    /// <summary>The lists in float64, as the metrics want them.</summary>
    internal static NeighborTable Find(
        Tensor queries, Tensor points, int k, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        RequireMatrices(queries, points, k);
        if (k > points.shape[0]) throw new InputException("neighbours", "points", $"{points.shape[0]}", $"at least {k} (the k of top-k)");
        bool tree = points.shape[1] <= TreeDimensions || !FitsFloat32(queries) || !FitsFloat32(points);
        RequireRoom(queries, tree, "queries");
        RequireRoom(points, tree, "points");
        var table = new NeighborTable(queries.shape[0], k, progress);
        ByClass.RequireFinite(queries, "neighbours", "queries");
        ByClass.RequireFinite(points, "neighbours", "points");

        using var scope = NewDisposeScope();
        int dimensions = (int)points.shape[1];
        if (table.Queries == 0) return table;
        if (tree) TreeSearch.Fill(Values(queries), Values(points), dimensions, table, cancellation);
        else ChunkedNeighbors.Fill(Rows(queries, ScalarType.Float32), Rows(points, ScalarType.Float32), table, cancellation);
        return table;
    }

    private static void RequireMatrices(Tensor queries, Tensor points, int k)
    {
        if (queries.dim() != 2 || points.dim() != 2 || queries.shape[1] != points.shape[1] || points.shape[1] == 0)
        {
            throw new ArgumentException(
                "neighbours want queries [N, D] and points [M, D], "
                + $"not [{string.Join(", ", queries.shape)}] and [{string.Join(", ", points.shape)}]",
                nameof(queries));
        }
        if (k < 1) throw new InputException("neighbours", "k", FormattableString.Invariant($"{k}"), "at least 1");
    }

    /// <summary>Rows are numbered by int; the tree holds all coordinates in one array, a few more than there are.</summary>
    private static void RequireRoom(Tensor rows, bool tree, string name)
    {
        long most = tree ? Array.MaxLength / rows.shape[1] - KdTree.Padding : Array.MaxLength;
        if (rows.shape[0] > most) throw new InputException("neighbours", name, $"{rows.shape[0]}", $"at most {most} of {rows.shape[1]} numbers");
    }

    /// <summary>Whether float32 holds every value of the type: what it cannot hold is never narrowed.</summary>
    private static bool FitsFloat32(Tensor rows) => rows.dtype is not (ScalarType.Float64 or ScalarType.Int64 or ScalarType.Int32);

    private static Tensor Rows(Tensor rows, ScalarType type) => rows.detach().cpu().to(type).contiguous();

    private static double[] Values(Tensor rows) => Rows(rows, ScalarType.Float64).data<double>().ToArray();
}
