namespace Veer.Solvers;

/// <summary>Integrates dx/dt = v(x, t, label) for a whole batch, without recording gradients.</summary>
public interface IOdeSolver
{
    /// <summary>The states at several times along one solution.</summary>
    /// <param name="field">The right-hand side.</param>
    /// <param name="x0">[B, ...] float32 or float64, the state at the first time; the answer keeps its type. It is not changed.</param>
    /// <param name="label">[B] int64, handed on to the field.</param>
    /// <param name="times">The start and one or more times after it, strictly rising or strictly falling.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>
    /// The end state and those before it, or the last good one with its time and the reason: numerical trouble never throws.
    /// </returns>
    OdeResult Solve(IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, CancellationToken cancellation = default);

    /// <summary>
    /// The same states as on the way to a further time, which is not gone to the end: a state does not depend on the times asked for after it.
    /// A solver that chooses its steps as it goes need not know how long the way is.
    /// </summary>
    /// <param name="field">The right-hand side.</param>
    /// <param name="x0">[B, ...], as in <see cref="Solve"/>.</param>
    /// <param name="label">[B] int64, handed on to the field.</param>
    /// <param name="times">The start and one or more times after it, strictly rising or strictly falling.</param>
    /// <param name="end">Where the whole way leads; the last time or beyond it.</param>
    /// <param name="cancellation">Asked before every step.</param>
    OdeResult SolvePart(
        IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, double end, CancellationToken cancellation = default) =>
        Solve(field, x0, label, times, cancellation);
}

/// <summary>What every solver can do.</summary>
public static class OdeSolverExtensions
{
    /// <summary>Carries <paramref name="x0"/> from one time to another; either direction.</summary>
    /// <param name="solver">How.</param>
    /// <param name="field">The right-hand side.</param>
    /// <param name="x0">[B, ...] float32 or float64; the answer keeps its type. It is not changed.</param>
    /// <param name="label">[B] int64, handed on to the field.</param>
    /// <param name="from">Start time.</param>
    /// <param name="to">End time.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>The end state, or the last good one with its time and the reason: numerical trouble never throws.</returns>
    public static OdeResult Solve(
        this IOdeSolver solver, IVelocityField field, Tensor x0, Tensor label, double from, double to, CancellationToken cancellation = default)
    {
        if (from == to) return new(x0.clone(), to, OdeOutcome.Done, 0, 0, 0);
        var result = solver.Solve(field, x0, label, [from, to], cancellation);
        result.States!.Dispose();
        return result with { States = null };
    }

    /// <summary>1 where times rise, -1 where they fall.</summary>
    /// <exception cref="ArgumentException">There are fewer than two, or they do neither.</exception>
    internal static int Direction(ReadOnlySpan<double> times)
    {
        if (times.Length < 2) throw new ArgumentException("a start and at least one further time", nameof(times));
        int direction = Math.Sign(times[^1] - times[0]);
        for (int i = 1; i < times.Length; i++)
        {
            if (!(direction * (times[i] - times[i - 1]) > 0))
                throw new ArgumentException("times must be strictly rising or strictly falling", nameof(times));
        }
        return direction;
    }
}
