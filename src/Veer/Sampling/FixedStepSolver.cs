using TorchSharp;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>Equal steps over the interval; a solver adds how one step is made.</summary>
public abstract class FixedStepSolver : IOdeSolver
{
    private protected FixedStepSolver(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Steps = steps;
    }

    /// <summary>Number of steps over the whole interval.</summary>
    public int Steps { get; }

    private protected abstract int EvaluationsPerStep { get; }

    /// <inheritdoc/>
    public OdeResult Solve(
        IVelocityField field, Tensor x0, Tensor label, double from, double to, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = x0.clone();
        double t = from;
        for (int i = 0; i < Steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double next = i == Steps - 1 ? to : from + (to - from) * (i + 1) / Steps;
            using var step = NewDisposeScope();
            var moved = Step(field, x, label, t, next);
            if (!moved.isfinite().all().ToBoolean()) return Result(x, t, OdeOutcome.NonFinite, i + 1, i);
            x.Dispose();
            x = moved.MoveToOuterDisposeScope();
            t = next;
        }
        return Result(x, t, OdeOutcome.Done, Steps, Steps);

        OdeResult Result(Tensor state, double time, OdeOutcome outcome, int tried, int accepted) =>
            new(state.MoveToOuterDisposeScope(), time, outcome, tried * EvaluationsPerStep, accepted, tried - accepted);
    }

    /// <summary>x(next) from x(t): a new tensor.</summary>
    private protected abstract Tensor Step(IVelocityField field, Tensor x, Tensor label, double t, double next);
}
