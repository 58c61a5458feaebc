using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>Trains the denoisers and classifiers of a study.</summary>
internal sealed class ModelStages(RunContext context, CostEstimates costs)
{
    public IEnumerable<Stage> All() => context.Settings.Denoisers.Select(Denoiser).Concat(context.Settings.Classifiers.Select(Classifier));

    /// <summary>The key of a denoiser; the exact one hangs on the data alone.</summary>
    public string DenoiserKey(string name) =>
        name == VariantNames.Exact ? context.Start : StageCache.Key(context.Settings.Denoisers[name], context.Start);

    /// <summary>The key of a classifier.</summary>
    public string ClassifierKey(string name) =>
        name == VariantNames.Exact ? context.Start : StageCache.Key(context.Settings.Classifiers[name], context.Start);

    private Stage Denoiser(KeyValuePair<string, DenoiserOptions> entry)
    {
        var (name, options) = entry;
        string stage = $"denoiser {name}", folder = context.Paths.Denoiser(name);
        return new(stage, DenoiserKey(name), RunPaths.Weights(folder), () => costs.Of(options.Network, options.Training.BatchSize).Training(options.Training), () =>
        {
            var learned = DenoiserTraining.Fit(
                context.Data.Train.To(context.Run.Device), options, folder, context.Run.Seed, context.Training(stage),
                context.Observer.Warned, context.Cancellation);
            if (context.Data.Truth is { } truth)
                DenoiserError.Write(RunPaths.DenoiserError(folder), learned, truth, context.Schedule(name), context.Data.HeldOut, context.Run);
        });
    }

    private Stage Classifier(KeyValuePair<string, ClassifierOptions> entry)
    {
        var (name, options) = entry;
        string stage = $"classifier {name}", folder = context.Paths.Classifier(name);
        return new(stage, ClassifierKey(name), RunPaths.Weights(folder), () => costs.Of(options.Size, options.Training.BatchSize).Training(options.Training), () =>
            ClassifierTraining.Fit(
                context.Data.Train.To(context.Run.Device), options, folder, context.Run.Seed, context.Training(stage),
                context.Observer.Warned, context.Cancellation));
    }
}
