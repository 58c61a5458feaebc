using Veer.Networks;
using Veer.Runtime;

namespace Veer.Training;

/// <summary>
/// Where and how a model is trained, whatever is trained: all that is no setting of the model (those are hashed, and bound from files). The
/// defaults train in memory, where the data are.
/// </summary>
public record TrainingRun
{
    /// <summary>Seed of the weights and of every draw: equal seeds train equal weights, to the bit.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Where the model, its losses (<c>training.csv</c>, TensorBoard events) and its checkpoints go; made if missing. A training that was
    /// stopped goes on from the checkpoint there. Null: all stays in memory, and a stopped training is lost.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Where to train; null: where the points are. The model stays there.</summary>
    public Device? Device { get; init; }

    /// <summary>Compute dtype of a UNet.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>
    /// A network of your own, in the place of the one that the options choose. For it to be saved its kind must be registered
    /// (<c>Models.NetworkKinds</c>).
    /// </summary>
    public INetworkOptions? Network { get; init; }

    /// <summary>Told of the training every 50 steps, on the thread that trains.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Told, in a line, of a checkpoint that cannot be used.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Leaves the checkpoint beside the model that is saved, for one who first records that it is there (<see cref="Checkpoint.Delete"/>).</summary>
    internal bool KeepsCheckpoint { get; init; }
}
