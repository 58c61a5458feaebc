using TorchSharp;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>Equal steps over the interval; a solver adds how one step is made.</summary>
public abstract class FixedStepSolver : IOdeSolver
{
    /// <summary>Thrice a third of the way is the whole, whatever floating-point numbers make of it.</summary>
    private const double Rounding = 1e-9;

    private protected FixedStepSolver(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Steps = steps;
    }

    /// <summary>Number of steps over the whole interval.</summary>
    public int Steps { get; }

    private protected abstract int EvaluationsPerStep { get; }

    /// <inheritdoc/>
    /// <remarks>Each part of the way has its share of the steps, rounded up.</remarks>
    public OdeResult Solve(
        IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        OdeSolverExtensions.Direction(times);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = x0.clone();
        var states = new List<Tensor> { x };
        double t = times[0];
        int taken = 0;
        while (states.Count < times.Length)
        {
            double start = t, way = times[states.Count] - start;
            int steps = (int)Math.Ceiling(Steps * way / (times[^1] - times[0]) - Rounding);
            for (int i = 1; i <= steps; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                double next = i == steps ? times[states.Count] : start + way * i / steps;
                if (Finite(field, x, label, t, next) is not { } moved) return Result(OdeOutcome.NonFinite, taken + 1);
                if (i > 1) x.Dispose();
                (x, t) = (moved, next);
                taken++;
            }
            states.Add(x);
        }
        return Result(OdeOutcome.Done, taken);

        OdeResult Result(OdeOutcome outcome, int tried) =>
            new(x.clone().MoveToOuterDisposeScope(), t, outcome, tried * EvaluationsPerStep, taken, tried - taken)
            {
                States = stack(states).MoveToOuterDisposeScope(),
            };
    }

    /// <summary>x(next) from x(t), or null where it is not finite.</summary>
    private Tensor? Finite(IVelocityField field, Tensor x, Tensor label, double t, double next)
    {
        using var scope = NewDisposeScope();
        var moved = Step(field, x, label, t, next);
        return moved.isfinite().all().ToBoolean() ? moved.MoveToOuterDisposeScope() : null;
    }

    /// <summary>x(next) from x(t): a new tensor.</summary>
    private protected abstract Tensor Step(IVelocityField field, Tensor x, Tensor label, double t, double next);
}
