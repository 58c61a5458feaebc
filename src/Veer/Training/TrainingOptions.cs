using System.ComponentModel.DataAnnotations;

namespace Veer.Training;

/// <summary>How long and how fast to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>As much as a few thousand vectors ask for, in some ten seconds on two processor cores: 3000 steps of 512.</summary>
    public static TrainingOptions Brief { get; } = new() { Steps = 3000, BatchSize = 512, LearningRate = 2e-3 };

    /// <summary>Optimizer steps; at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples per step; at least 1.</summary>
    [Range(1, 1 << 24)]
    public int BatchSize { get; init; } = 4096;

    /// <summary>Peak learning rate of AdamW; above 0. It decays to zero by a cosine, unless <see cref="ConstantRate"/> says otherwise.</summary>
    [Range(1e-9, 1.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the learning rate stays at its peak after the warm-up: the moving average of the weights then does the decay's work.</summary>
    public bool? ConstantRate { get; init; }

    /// <summary>Steps over which the learning rate rises linearly from zero; at least 0.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; init; }

    /// <summary>Decoupled weight decay; at least 0.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; }

    /// <summary>Longest gradient (Euclidean norm over all weights) that is applied whole, above 0; a longer one is shortened to it. Not given: no limit.</summary>
    [Range(1e-9, 1e9)]
    public double? GradientLimit { get; init; }

    /// <summary>Decay of the moving average of the weights, which is what a model keeps; 0 to below 1.</summary>
    [Range(0.0, 0.9999999)]
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>The learning rate of a step, from 1.</summary>
    public double RateAt(long step) => LearningRate * Math.Min(1, step / (double)Math.Max(1, WarmupSteps))
        * (ConstantRate == true ? 1 : 0.5 * (1 + Math.Cos(Math.PI * (step - 1) / Steps)));

    /// <summary>The average's decay at a step, from 1: short at first, so that early weights are soon forgotten.</summary>
    public double AverageDecayAt(long step) => Math.Min(AverageDecay, (1.0 + step) / (10.0 + step));
}

/// <summary>Where a training stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="StepsPerSecond">Rate since the last report.</param>
/// <param name="LearningRate">The current learning rate.</param>
/// <param name="BatchSize">Examples per step, over all shards.</param>
public readonly record struct TrainingProgress(
    long Step, long Steps, double Loss, double StepsPerSecond, double LearningRate, int BatchSize)
{
    /// <summary>Examples seen so far.</summary>
    public long Examples => Step * BatchSize;

    /// <summary>The distance of held-out points as last measured, in the unit that they are compared in; null: none is.</summary>
    public double? HeldOutDistance { get; init; }
}
