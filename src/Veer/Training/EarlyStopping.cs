using System.ComponentModel.DataAnnotations;

namespace Veer.Training;

/// <summary>
/// When a training ends before its last step: where the distance of held-out points no longer falls. A learning rate that stays constant
/// (<see cref="TrainingOptions.ConstantRate"/>) suits it, as the averaged weights are then good at any step.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Steps from one measurement to the next; at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int Every { get; init; } = 250;

    /// <summary>Measurements without a new lowest distance after which the training ends; at least 1.</summary>
    [Range(1, 100_000)]
    public int Patience { get; init; } = 10;
}
