using Veer.Data;
using Veer.Images;
using Veer.Matching;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Searches of the 20 nearest.</summary>
internal static class NeighborRows
{
    private const int K = 20;

    private static readonly Peer Faiss = new("FAISS flat", "neighbours_faiss"), Numpy = new("numpy", "neighbours_numpy"), Tree = new("scipy cKDTree", "neighbours_tree");

    public static IEnumerable<Row> All =>
    [
        Search("neighbours-64", "top-20, 10,000 × 50,000 × 64, normal numbers", "2.5x of FAISS", Normal(10_000, 50_000, 64), Faiss, Numpy),
        Search("neighbours-3072", "top-20, 5,000 × 20,000 × 3,072, normal numbers", "1.1x of FAISS", Normal(5_000, 20_000, 3_072), Faiss, Numpy),
        Search("neighbours-images", "top-20, 5,000 × 20,000 × 3,072, CIFAR-10 pixels", "10x of FAISS", Images(5_000, 20_000), Faiss),
        Search("neighbours-2", "top-20, 100,000 × 100,000 × 2, normal numbers", "3x of the tree", Normal(100_000, 100_000, 2), Tree) with { Limit = null },
    ];

    private static Row Search(string name, string title, string goal, Action<string> prepare, params Peer[] peers) => new(name, title, goal)
    {
        Prepare = prepare,
        Peers = peers,
        Own = folder =>
        {
            var (queries, points) = Read(folder);
            return () => Neighbors.Search(queries, points, K).Distances.sum(ScalarType.Float64).item<double>();
        },
        Limit = new("the product alone", folder =>
        {
            const int Rows = 1024, Columns = 2048;
            var (queries, points) = Read(folder);
            var block = empty(Rows * Columns);
            return () =>
            {
                foreach (var left in queries.split(Rows))
                {
                    foreach (var right in points.split(Columns))
                    {
                        using var scope = NewDisposeScope();
                        block.narrow(0, 0, left.shape[0] * right.shape[0]).view(left.shape[0], right.shape[0]).addmm_(left, right.t(), beta: 0);
                    }
                }
                return 0;
            };
        }),
    };

    private static (Tensor Queries, Tensor Points) Read(string folder) => (Arrays.Read(folder, "queries"), Arrays.Read(folder, "points"));

    private static Action<string> Normal(long queries, long points, long dimensions) => folder =>
    {
        using var scope = NewDisposeScope();
        Arrays.Write(folder, "queries", Arrays.Normal("queries", queries, dimensions));
        Arrays.Write(folder, "points", Arrays.Normal("points", points, dimensions));
    };

    /// <summary>The first images of the test and of the training part, as VEER_DATA has them.</summary>
    private static Action<string> Images(long queries, long points) => folder =>
    {
        SkiaImages.Use();
        using var scope = NewDisposeScope();
        Write("queries", train: false, queries);
        Write("points", train: true, points);

        void Write(string name, bool train, long count) =>
            Arrays.Write(folder, name, ImageData.Load("cifar10", train).Points.narrow(0, 0, count).reshape(count, -1));
    };
}
