using Veer.Benchmarks.SideBySide;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;
using Veer.Evaluation;
using Veer.Guidance;
using Veer.Matching;
using Veer.Metrics;
using Veer.Runtime;
using Veer.Sampling;
using static TorchSharp.torch;

namespace Veer.Benchmarks.Growth;

/// <summary>Something whose time and memory are looked at as it grows.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Title">What is done.</param>
/// <param name="Unit">What its size counts.</param>
/// <param name="Work">The power of its size that its work grows with.</param>
/// <param name="Sizes">Those that are measured, ascending.</param>
/// <param name="Make">Makes the data of a size, and gives what is timed.</param>
internal sealed record GrowthTask(string Name, string Title, string Unit, double Work, long[] Sizes, Func<long, Action> Make)
{
    private const int Nearest = 20, Dimensions = 64, TrainingSteps = 20, SamplingSteps = 50, Features = 2_048;
    private const double Scale = 2;

    public static IReadOnlyList<GrowthTask> All { get; } =
    [
        new("neighbours", "top-20 of N points among N others, 64 dimensions", "points N", 2, [25_000, 50_000, 100_000, 200_000], size =>
        {
            Tensor queries = Arrays.Normal("queries", size, Dimensions), points = Arrays.Normal("points", size, Dimensions);
            return () => Neighbors.Search(queries, points, Nearest);
        }),
        new("training", "20 steps of training, MLP of 4 blocks of 128", "batch B", 1, [512, 1_024, 2_048, 4_096, 8_192], size =>
        {
            var steps = OwnTraining.Steps(TrainingRows.Mlp(), Fractal.Sample(50_000, RandomKey.From(0, "benchmark-growth")), (int)size, TrainingSteps);
            return () => steps();
        }),
        new("sampling", "50 steps of guided DDIM, MLP of 4 blocks of 128, in the command's batches", "samples N", 1, [3_125, 6_250, 12_500, 25_000, 50_000], size =>
        {
            var denoiser = new DdpmDenoiser(TrainingRows.Mlp(), NoiseSchedule.Linear(), Fractal.Classes, OwnTraining.LabelDropout) { SampleShape = [2] };
            var labels = arange(size, ScalarType.Int64).remainder(Fractal.Classes);
            var batches = new SamplingOptions { BatchSize = Batches.SizeFor(denoiser.SampleShape, CPU) };
            return () => new Ddim(SamplingSteps).Sample(new ClassifierFreeGuidance(denoiser, Scale), labels, seed: 0, batches);
        }),
        new("evaluation", "N samples against N real points of 2,048 features, all metrics but exact Wasserstein, with intervals", "samples N", 2, [2_000, 5_000, 10_000], size =>
        {
            var (samples, reference) = (Set("samples", size), Set("reference", size));
            string[] metrics = [.. MetricRegistry.For(MetricNeeds.Points | MetricNeeds.Features)
                .Where(metric => metric.Evaluated.HasFlag(SampleKinds.Points) && metric != Wasserstein.Metric).Select(metric => metric.Name)];
            return () => SampleEvaluation.Run(samples, reference, new EvaluationOptions { Metrics = metrics });
        }),
    ];

    private static LabeledData Set(string name, long size) => new(Arrays.Normal(name, size, Features), zeros(size, ScalarType.Int64), 1);
}
