using Veer.Formats;

namespace Veer.Matching;

/// <summary>The neighbour lists of all queries while they are being filled, in float64 (12 · N · k bytes).</summary>
internal sealed class NeighborTable
{
    private readonly IProgress<double>? progress;
    private readonly Lock gate = new();
    private int done;

    /// <exception cref="InputException">The lists together do not fit into one array.</exception>
    public NeighborTable(long queries, int k, IProgress<double>? progress)
    {
        if (queries > Array.MaxLength / k)
            throw new InputException("neighbours", "queries", $"{queries}", $"at most {Array.MaxLength / k} with {k} neighbours each: search some at a time");
        this.progress = progress;
        (Queries, K) = ((int)queries, k);
        Squared = GC.AllocateUninitializedArray<double>(Queries * K);
        Indices = GC.AllocateUninitializedArray<int>(Queries * K);
        Array.Fill(Squared, double.PositiveInfinity);
        Array.Fill(Indices, int.MaxValue);
    }

    public int Queries { get; }

    public int K { get; }

    /// <summary>[N, k] squared distances.</summary>
    public double[] Squared { get; }

    /// <summary>[N, k] rows of the points.</summary>
    public int[] Indices { get; }

    /// <summary>The list of one query.</summary>
    public NearestList this[int query] => new(Squared.AsSpan(query * K, K), Indices.AsSpan(query * K, K));

    /// <summary>The lists as tensors on the CPU, [N, k]: int64 rows and float32 distances.</summary>
    public unsafe NeighborLists Lists()
    {
        const int AtOnce = 1 << 14;
        Tensor indices = empty([Queries, K], ScalarType.Int64), distances = empty([Queries, K], ScalarType.Float32);
        nint rows = TensorBytes.Address(indices), lengths = TensorBytes.Address(distances);
        // a pass of one's own: tensors of these arrays, rooted and narrowed, took a tenth of a search in the plane
        Parallel.For(0, (Indices.Length - 1) / AtOnce + 1, part =>
        {
            int last = (int)Math.Min(Indices.Length, (part + 1L) * AtOnce);
            for (int i = part * AtOnce; i < last; i++)
            {
                ((long*)rows)[i] = Indices[i];
                ((float*)lengths)[i] = (float)Math.Sqrt(Squared[i]);
            }
        });
        return new(indices, distances);
    }

    /// <summary>Counts queries that are answered and reports their share.</summary>
    public void Done(int queries)
    {
        if (progress is null) return;
        lock (gate) progress.Report((double)(done += queries) / Queries);
    }
}
