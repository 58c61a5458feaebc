using Veer.Guidance;
using Veer.Sampling;

namespace Veer.Trajectories;

/// <summary>How far trajectories keep from a decision boundary.</summary>
/// <param name="Mean">`boundary-distance`: the mean over samples of the mean over levels; +infinity where no level has a boundary.</param>
/// <param name="Least">The mean over samples of the least distance at any level; +infinity where no level has a boundary.</param>
/// <param name="Levels">Levels that have a boundary: only these count.</param>
public readonly record struct BoundaryDistances(double Mean, double Least, int Levels);

/// <summary>
/// The shape of denoising trajectories, in the space in which they were recorded: x at each level's own noise and scale. Every recorded
/// state counts the same, the start in pure noise and the end in data among them; what lies between two states is not looked at.
/// </summary>
public static class TrajectoryShape
{
    /// <summary>
    /// `bend`: mean path length over mean straight distance from start to end; 1 for straight lines. A ratio of means, so that a sample
    /// that ends near its start does not outweigh all others; +infinity if all end where they began, not a number if none ever moved.
    /// </summary>
    /// <param name="trajectory">At least two states.</param>
    public static double Bend(Trajectory trajectory)
    {
        using var scope = NewDisposeScope();
        var states = Rows(trajectory);
        if (states.shape[0] < 2) throw new ArgumentException("a trajectory of one state has no shape", nameof(trajectory));
        double path = 0;
        for (long step = 1; step < states.shape[0]; step++) path += MeanDistance(states[step - 1], states[step]);
        return path / MeanDistance(states[0], states[^1]);
    }

    /// <summary>The distances to a boundary of each level's own.</summary>
    /// <param name="trajectory">In one or two dimensions.</param>
    /// <param name="boundaries">[S] one for each state; one that is empty is left out, since its distances would be infinite.</param>
    public static BoundaryDistances BoundaryDistance(Trajectory trajectory, IReadOnlyList<DecisionBoundary> boundaries)
    {
        if (boundaries.Count != trajectory.Levels.Count)
            throw new ArgumentException($"{boundaries.Count} boundaries for {trajectory.Levels.Count} states", nameof(boundaries));
        using var scope = NewDisposeScope();
        var states = Rows(trajectory);
        var sum = zeros(states.shape[1], ScalarType.Float64, states.device);
        var least = full_like(sum, double.PositiveInfinity);
        int levels = 0;
        for (int state = 0; state < boundaries.Count; state++)
        {
            if (boundaries[state].IsEmpty) continue;
            using var step = NewDisposeScope();
            var distance = boundaries[state].Distance(states[state]).to(ScalarType.Float64);
            sum.add_(distance);
            least.copy_(least.minimum(distance));
            levels++;
        }
        double mean = levels == 0 ? double.PositiveInfinity : sum.mean().item<double>() / levels;
        return new(mean, least.mean().item<double>(), levels);
    }

    /// <summary>The distances to a classifier's boundary, found at each level by <see cref="DecisionBoundary.Near"/>.</summary>
    /// <param name="trajectory">In one or two dimensions.</param>
    /// <param name="classifier">The classifier, on the trajectory's device.</param>
    /// <param name="label">The class whose boundary counts; of two classes both have the same.</param>
    /// <param name="resolution">Grid points on each axis, as in <see cref="DecisionBoundary.Find"/>.</param>
    public static BoundaryDistances BoundaryDistance(
        Trajectory trajectory, INoisyClassifier classifier, int label = 0, int? resolution = null)
    {
        using var scope = NewDisposeScope();
        var states = Rows(trajectory);
        return BoundaryDistance(
            trajectory,
            [.. trajectory.Levels.Select((level, state) => DecisionBoundary.Near(classifier, level, states[state], label, resolution))]);
    }

    /// <summary>The states as [S, N, D].</summary>
    private static Tensor Rows(Trajectory trajectory)
    {
        long[] shape = trajectory.States.shape;
        if (shape.Length < 2 || shape.Contains(0))
            throw new ArgumentException($"a trajectory wants states [S, N, ...] of at least one sample, not [{string.Join(", ", shape)}]", nameof(trajectory));
        return trajectory.States.detach().reshape(shape[0], shape[1], -1);
    }

    private static double MeanDistance(Tensor from, Tensor to)
    {
        using var scope = NewDisposeScope();
        return (to - from).to(ScalarType.Float64).norm(1).mean().item<double>();
    }
}
