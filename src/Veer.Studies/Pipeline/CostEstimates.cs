using TorchSharp;
using Veer.ClosedForm;
using Veer.Models;
using Veer.Networks;
using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>Measures, in a moment, what models cost on this machine, so that a plan can say how long it takes. Each is measured once.</summary>
internal sealed class CostEstimates(RunContext context)
{
    private const int WarmUp = 2, Measured = 6, ExactBatch = 1000;

    /// <summary>Vectors that are asked with at most: more are no faster each, and take memory.</summary>
    private const int MostVectors = 16_384;

    /// <summary>A large UNet's step takes seconds: a few images, once, must do. A small one is asked again with more, which are faster each.</summary>
    private const int ImageBatch = 16, MoreImages = 64, ImageWarmUp = 1, ImagesMeasured = 1;

    /// <summary>Seconds that a small UNet's step takes at most.</summary>
    private const double SmallStep = 0.5;

    private readonly Dictionary<object, CostEstimate> known = [];

    /// <summary>The cost of a network in batches of a size.</summary>
    public CostEstimate Of(MlpSize mlp, AdmSize? unet, int batch, SongSize? song = null) => known.Once((mlp, unet, batch, song), () =>
    {
        using var scope = NewDisposeScope();
        var (device, shape, key) = (context.Run.Device, context.Data.Shape, RandomKey.From(0, "cost"));
        bool images = (unet is not null || song is not null) && context.Data.IsImages;
        INetworkOptions size = !images ? new ResidualMlpOptions(mlp) { Dimensions = context.Data.Dimensions, Labels = 2 }
            : song is null ? new AdmUNetOptions(unet!) { ImageChannels = (int)shape[0], Labels = 2 }
            : new SongUNetOptions(song) { ImageChannels = (int)shape[0], Resolution = (int)shape[1], Classes = 1 };
        using var network = ModelFolder.Create(size, key, device, context.Run.Precision);
        if (!images) return InBatches(Math.Min(batch, MostVectors), Measured, WarmUp);
        var few = InBatches(Math.Min(batch, ImageBatch), ImagesMeasured, ImageWarmUp);
        return batch <= ImageBatch || few.SecondsPerStep > SmallStep ? few : InBatches(Math.Min(batch, MoreImages), ImagesMeasured, ImageWarmUp);

        CostEstimate InBatches(int count, int measured, int warmUp)
        {
            using var step = NewDisposeScope();
            var points = key.Normal(0, count, images ? shape : [context.Data.Dimensions], device);
            var labels = zeros(count, ScalarType.Int64, device);
            network.train();
            double seconds = TrainingCost.SecondsPerStep(
                new FlowObjective(network, points, labels, points, new Targets(labels.unsqueeze(1))), count, measured, warmUp);
            network.eval();
            using var quiet = no_grad();
            using var time = zeros(1, device: device);
            return new(seconds, TrainingCost.SecondsOf(_ => network.forward(points, time, labels).sum().ToSingle(), measured, warmUp), count);
        }
    });

    /// <summary>The cost of a generator.</summary>
    public CostEstimate Of(DenoiserOptions options) => Of(options.Network, options.Unet, options.Training.BatchSize, options.Song);

    /// <summary>The cost of a classifier.</summary>
    public CostEstimate Of(ClassifierOptions options) => Of(options.Size, options.Network == "encoder" ? options.Encoder ?? new() : null, options.Training.BatchSize);

    /// <summary>The cost of asking a denoiser of the study.</summary>
    public CostEstimate Of(string denoiser)
    {
        if (context.Settings.Denoisers.TryGetValue(denoiser, out var options)) return Of(options);
        return known.Once(denoiser, () =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var exact = new MixtureDenoiser(context.Truth);
            var points = RandomKey.From(0, "cost").Normal(0, ExactBatch, [context.Data.Dimensions]);
            var labels = zeros(ExactBatch, ScalarType.Int64);
            var level = context.Schedule(VariantNames.Exact).LevelAt(0);
            return new(0, TrainingCost.SecondsOf(_ => exact.Predict(points, level, labels).Clean.sum().ToSingle(), Measured, WarmUp), ExactBatch);
        });
    }
}

/// <summary>What a model costs.</summary>
/// <param name="SecondsPerStep">A training step with one batch.</param>
/// <param name="SecondsPerEvaluation">An evaluation of one batch.</param>
/// <param name="Batch">Points in a batch.</param>
internal sealed record CostEstimate(double SecondsPerStep, double SecondsPerEvaluation, int Batch)
{
    /// <summary>Seconds of a training.</summary>
    public double Training(TrainingOptions options) => SecondsPerStep * options.Steps * options.BatchSize / Batch;

    /// <summary>Seconds of so many evaluations on each of so many points.</summary>
    public double Evaluations(double count, double points) => SecondsPerEvaluation * count * points / Batch;
}
