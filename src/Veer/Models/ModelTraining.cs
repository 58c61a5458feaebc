using Veer.Formats;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>The one way in which a network becomes a trained model, in memory or in a folder.</summary>
internal static class ModelTraining
{
    /// <summary>Makes the network that a configuration has, trains it, and saves it where there is a folder.</summary>
    /// <param name="config">The model; how it is trained is told here.</param>
    /// <param name="training">Steps, batch size and learning rate.</param>
    /// <param name="run">Where and with which seed.</param>
    /// <param name="device">Where the network goes.</param>
    /// <param name="weights">The purpose of the first weights' draws.</param>
    /// <param name="objective">What to minimise, of the fresh network.</param>
    /// <param name="key">Names, for a checkpoint, everything that shapes the result; asked for only where there is a folder.</param>
    /// <param name="preview">As <see cref="Trainer.Preview"/>.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <param name="watched">What stops the training early, of the network; made after the objective.</param>
    /// <returns>The network belongs to the caller, whatever dispose scope is open; the whole configuration.</returns>
    public static (ConditionalNetwork Network, ModelConfig Config) Run(
        ModelConfig config, TrainingOptions training, TrainingRun run, Device device, string weights, Func<ConditionalNetwork, IObjective> objective,
        Func<string> key, Action<EventLog?, long>? preview, CancellationToken cancellation,
        Func<ConditionalNetwork, Watch>? watched = null)
    {
        using var scope = NewDisposeScope();
        config = config.TrainedBy(training);
        // what cannot be saved is told before hours of training
        if (run.Folder is not null) NetworkKinds.FieldOf(config.Network!);
        return ModelFolder.Create(config, RandomKey.From(run.Seed, weights), device, run.Precision).OrDispose(network =>
        {
            var stream = RandomKey.From(run.Seed, config.Kind);
            var minimised = objective(network);
            using var watch = watched?.Invoke(network);
            using var trainer = run.Folder is { } kept
                ? new Trainer(minimised, training, stream, kept, key()) { Preview = preview, Watch = watch }
                : new Trainer(minimised, training, stream) { Preview = preview, Watch = watch };
            trainer.Run(run.Progress, run.Warn, cancellation);
            if (watch is not null) config = config with { ExamplesSeen = trainer.Kept * training.BatchSize };
            if (run.Folder is { } folder)
            {
                ModelFolder.Save(folder, network, config);
                if (!run.KeepsCheckpoint) trainer.Finish();
            }
            return (network, config);
        });
    }
}
