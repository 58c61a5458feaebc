using TorchSharp;

namespace Veer.Solvers;

/// <summary>Equal steps over the interval; a solver adds how one step is made. Each is looked at once, which waits for the device: a way that is spoilt ends there.</summary>
public abstract class FixedStepSolver : IOdeSolver
{
    /// <summary>Thrice a third of the way is the whole, whatever floating-point numbers make of it.</summary>
    internal const double Rounding = 1e-9;

    /// <param name="steps">Number of steps, at least 1.</param>
    protected FixedStepSolver(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Steps = steps;
    }

    /// <summary>Number of steps over the whole interval.</summary>
    public int Steps { get; }

    /// <summary>Evaluations of the field in one step, that at its beginning counted.</summary>
    protected abstract int EvaluationsPerStep { get; }

    /// <inheritdoc/>
    /// <remarks>A time between two steps is reached by a shorter one of its own, which the way does not go on from; both begin with the same velocity.</remarks>
    public OdeResult Solve(
        IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, CancellationToken cancellation = default) =>
        SolvePart(field, x0, label, times, times.IsEmpty ? 0 : times[^1], cancellation);

    /// <inheritdoc/>
    public OdeResult SolvePart(
        IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, double end, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        int direction = OdeSolverExtensions.Direction(times);
        if (!(direction * (end - times[^1]) >= 0)) throw new ArgumentOutOfRangeException(nameof(end), end, "the last time or beyond it");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = x0.clone();
        var states = new List<Tensor> { x };
        double[] asked = times.ToArray();
        double start = asked[0], t = start, way = end - start;
        int taken = 0, step = 0, begun = 0;
        bool kept = true;
        while (states.Count < asked.Length)
            if (!Go()) return Result(OdeOutcome.NonFinite, taken + 1);
        (x, t) = (states[^1], asked[^1]);
        return Result(OdeOutcome.Done, taken);

        // to the step's end, or as far as is asked; times before its end begin with the same velocity
        bool Go()
        {
            cancellation.ThrowIfCancellationRequested();
            using var within = NewDisposeScope();
            var velocity = field.Velocity(x, t, label);
            begun++;
            while (states.Count < asked.Length)
            {
                double place = Steps * (asked[states.Count] - start) / way;
                bool between = place < step + 1 - Rounding, there = !between && place <= step + 1 + Rounding;
                double next = between || there ? asked[states.Count] : start + way * (step + 1) / Steps;
                if (Finite(field, x, velocity, label, t, next)?.MoveToOuterDisposeScope() is not { } moved) return false;
                taken++;
                if (between || there) states.Add(moved);
                if (between) continue;
                if (!kept) x.Dispose();
                (x, t, step, kept) = (moved, next, step + 1, there);
                return true;
            }
            return true;
        }

        OdeResult Result(OdeOutcome outcome, int tried) =>
            new(x.clone().MoveToOuterDisposeScope(), t, outcome, begun + tried * (EvaluationsPerStep - 1), taken, tried - taken)
            {
                States = stack(states).MoveToOuterDisposeScope(),
            };
    }

    /// <summary>x(next) from x(t), or null where it is not finite.</summary>
    private Tensor? Finite(IVelocityField field, Tensor x, Tensor velocity, Tensor label, double t, double next)
    {
        using var scope = NewDisposeScope();
        var moved = Step(field, x, velocity, label, t, next);
        return moved.isfinite().all().ToBoolean() ? moved.MoveToOuterDisposeScope() : null;
    }

    /// <summary>x(next) from x(t) and its velocity, which stay as they are: a new tensor.</summary>
    protected abstract Tensor Step(IVelocityField field, Tensor x, Tensor velocity, Tensor label, double t, double next);
}
