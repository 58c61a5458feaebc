using Veer.Matching;
using Veer.Metrics;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Matchings of least cost.</summary>
internal static class MatchingRows
{
    private const int Size = 1_000;

    private static readonly Row Assigned = new("assignment", "one assignment of 1,000, warm", "5x")
    {
        Peers = [new("scipy", "assignment_scipy")],
        Prepare = folder =>
        {
            using var scope = NewDisposeScope();
            Arrays.Write(folder, "costs", cdist(Arrays.Normal("rows", Size, 2), Arrays.Normal("columns", Size, 2)).square().to(ScalarType.Float64));
        },
        Own = folder =>
        {
            double[] costs = Arrays.Read(folder, "costs").data<double>().ToArray();
            return () => Assignment.Solve(costs, Size).Select((column, row) => costs[row * Size + column]).Sum();
        },
    };

    public static IEnumerable<Row> All =>
    [
        new("wasserstein", "exact Wasserstein-2, 2,000 points", "5x")
        {
            Peers = [new("scipy", "wasserstein_scipy")],
            Prepare = folder =>
            {
                using var scope = NewDisposeScope();
                Arrays.Write(folder, "samples", Arrays.Normal("samples", 2_000, 2));
                Arrays.Write(folder, "reference", Arrays.Normal("reference", 2_000, 2) * 1.1 + 0.1);
            },
            Own = folder =>
            {
                Tensor samples = Arrays.Read(folder, "samples"), reference = Arrays.Read(folder, "reference");
                return () => Wasserstein.Distance(samples, reference);
            },
        },
        Assigned,
        Assigned with { Name = "assignment-first", Title = "the same, first call in a process", Fresh = true },
    ];
}
