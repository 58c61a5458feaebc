using Veer.Metrics;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Distances between sets of features.</summary>
internal static class DistanceRows
{
    private const int Directions = 512;

    private static readonly Peer[] Frechet = [new("scipy sqrtm", "frechet_scipy"), new("eigenvalues", "frechet_eigenvalues")];

    public static IEnumerable<Row> All =>
    [
        Two("frechet", "Fréchet distance, 3,000 × 2,048, both sides new", "2x of the eigenvalues", 3_000, 2_048, Frechet,
            (samples, reference) => () => FrechetDistance.Compute(samples, reference).Value) with
        {
            Limit = new("both covariances", folder =>
            {
                Tensor samples = Arrays.Read(folder, "samples"), reference = Arrays.Read(folder, "reference");
                return () => FeatureMoments.Compute(samples).Size + FeatureMoments.Compute(reference).Size;
            }),
        },
        Two("frechet-cached", "the same with the reference cached", "4x of the eigenvalues", 3_000, 2_048, Frechet, (samples, reference) =>
        {
            var known = new FrechetReference(FeatureMoments.Compute(reference));
            return () => known.Compare(FeatureMoments.Compute(samples)).Value;
        }),
        Two("precision-recall", "precision and recall, 5,000 × 5,000 × 2,048", "1.5x", 5_000, 2_048, [new("numpy", "precision_recall_numpy")], (samples, reference) => () =>
        {
            var both = PrecisionRecall.Compute(samples, reference);
            return both.Precision + both.Recall;
        }) with
        {
            Limit = new("a set's product with the other and half of one with itself, twice", folder =>
            {
                Tensor samples = Arrays.Read(folder, "samples"), reference = Arrays.Read(folder, "reference");
                return () => matmul(samples, reference.t())[0, 0].item<float>() + matmul(samples, samples.t())[0, 0].item<float>();
            }),
        },
        Two("sliced", "sliced Wasserstein, 20,000 × 64, 512 directions", "5x", 20_000, 64, [new("numpy", "sliced_numpy")],
            (samples, reference) => () => SlicedWasserstein.Distance(samples, reference, Directions)) with
        {
            // the directions of a peer are its own, in number the same
            Tolerance = 0.2,
            Limit = new("the projections alone", folder =>
            {
                Tensor samples = Arrays.Read(folder, "samples"), reference = Arrays.Read(folder, "reference"), axes = Arrays.Normal("axes", Directions, 64);
                return () => matmul(axes, samples.t())[0, 0].item<float>() + matmul(axes, reference.t())[0, 0].item<float>();
            }),
        },
    ];

    /// <summary>Samples and a reference that is a little shifted and wider, the spread falling from coordinate to coordinate as features' do.</summary>
    private static Row Two(
        string name, string title, string goal, long count, long dimensions, Peer[] peers, Func<Tensor, Tensor, Func<double>> task) => new(name, title, goal)
        {
            Peers = peers,
            Prepare = folder =>
            {
                using var scope = NewDisposeScope();
                var spread = (arange(dimensions) * (-3.0 / dimensions)).exp();
                Arrays.Write(folder, "samples", Arrays.Normal("samples", count, dimensions) * spread);
                Arrays.Write(folder, "reference", (Arrays.Normal("reference", count, dimensions) * 1.1 + 0.1) * spread);
            },
            Own = folder => task(Arrays.Read(folder, "samples"), Arrays.Read(folder, "reference")),
        };
}
