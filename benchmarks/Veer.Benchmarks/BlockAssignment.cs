using BenchmarkDotNet.Attributes;
using Veer.ClosedForm;
using Veer.Matching;
using static TorchSharp.torch;

namespace Veer.Benchmarks;

/// <summary>
/// One block of balanced pairing, 1,000 samples against 1,000 real points of a class of the fractal, costs included: the plain solver on
/// float64 squared distances, against the frame of the class with float32 costs, without and with the prices of four earlier blocks.
/// </summary>
public class BlockAssignment
{
    private const int Size = 1000, Pilots = 4, Blocks = 4;

    private static readonly float[] Shift = [0.1f, 0.05f];

    private readonly double[] costs = new double[Size * Size];
    private double[][] from = null!, to = null!;
    private BlockMatching matching = null!;
    private BalancedBlock[] blocks = null!;
    private ClassFrame frame = null!;
    private Pilot[] pilots = null!;

    /// <summary>
    /// shifted: other draws of the class moved by (0.1, 0.05), noise 0.02. thinned: only its right half, every point twice, pushed out by a
    /// twentieth, noise 0.02. shrunk: a normal cloud of standard deviation 0.3 against one of 1.
    /// </summary>
    [Params("shifted", "thinned", "shrunk")]
    public string Samples { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        var key = RandomKey.From(1, "benchmark");
        var (samples, targets) = Sets(key);
        blocks = [.. BalancedBlocks.Cut(0, Rows(samples), Rows(targets), rounds: 1, Size, key).Take(Pilots + Blocks)];
        frame = ClassFrame.Fit(samples, targets);
        matching = new BlockMatching(samples, targets, Size);
        pilots = [.. blocks[..Pilots].Select(block =>
        {
            matching.Match(block, frame, []);
            return new Pilot(block.Targets, matching.Prices.ToArray());
        })];
        blocks = blocks[Pilots..];
        from = [.. blocks.Select(block => Values(samples, block.Samples))];
        to = [.. blocks.Select(block => Values(targets, block.Targets))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Blocks)]
    public void PlainSolver()
    {
        for (int i = 0; i < Blocks; i++)
        {
            Assignment.SquaredDistances(from[i], to[i], 2, costs);
            Assignment.Solve(costs, Size);
        }
    }

    [Benchmark(OperationsPerInvoke = Blocks)]
    public void ClassFrameOnly()
    {
        foreach (var block in blocks) matching.Match(block, frame, []);
    }

    [Benchmark(OperationsPerInvoke = Blocks)]
    public void WithPilots()
    {
        foreach (var block in blocks) matching.Match(block, frame, pilots);
    }

    private (Tensor Samples, Tensor Targets) Sets(RandomKey key)
    {
        const int Count = 20_000;
        var noise = key.At(0).Normal(0, Count, [2]);
        if (Samples == "shrunk") return (noise * 0.3, key.At(1).Normal(0, Count, [2]));
        var (drawn, real) = (Fractal.Sample(Count, key.At(2)).OfClass(0), Fractal.Sample(Count, key.At(3)).OfClass(0));
        if (Samples == "shifted") return (drawn + tensor(Shift) + noise * 0.02, real);
        var right = drawn[drawn.select(1, 0) > drawn.select(1, 0).median()];
        return (cat([right, right]) * 1.05 + noise.narrow(0, 0, right.shape[0] * 2) * 0.02, real);
    }

    private static long[] Rows(Tensor points) => arange(points.shape[0], ScalarType.Int64).data<long>().ToArray();

    private static double[] Values(Tensor points, long[] rows) =>
        points.index_select(0, tensor(rows)).to(ScalarType.Float64).data<double>().ToArray();
}
