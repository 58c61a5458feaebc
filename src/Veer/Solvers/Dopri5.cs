using TorchSharp;

namespace Veer.Solvers;

/// <summary>
/// The adaptive Runge-Kutta pair of order 5(4) of Dormand and Prince (J. Comput. Appl. Math. 6, 1980), with the fourth-order weights
/// and the midpoint of Shampine (Math. Comp. 46, 1986): six evaluations an attempted step, the last one being the first of the next
/// step. Time is float64; the state keeps its type. One attempted step reads one number from the device: its error.
/// </summary>
public sealed class Dopri5 : IOdeSolver
{
    /// <summary>What settings and commands know of it.</summary>
    public static SolverKind Kind { get; } = new() { Name = "dopri5", Title = "Dormand-Prince 5(4), adaptive", Make = _ => new Dopri5() };

    private static readonly double[] Nodes = [1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1];

    // The last row is the fifth-order solution itself.
    private static readonly double[][] Stages =
    [
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ];

    // Fifth-order minus fourth-order weights.
    private static readonly double[] Error =
    [
        35.0 / 384 - 1951.0 / 21600, 0, 500.0 / 1113 - 22642.0 / 50085, 125.0 / 192 - 451.0 / 720,
        -2187.0 / 6784 + 12231.0 / 42400, 11.0 / 84 - 649.0 / 6300, -1.0 / 60,
    ];

    // The solution in the middle of the step.
    private static readonly double[] Middle =
    [
        6025192743.0 / 30085553152 / 2, 0, 51252292925.0 / 65400821598 / 2, -2691868925.0 / 45128329728 / 2,
        187940372067.0 / 1594534317056 / 2, -1776094331.0 / 19743644256 / 2, 11237099.0 / 235043384 / 2,
    ];

    private const double Order = 5;
    private const double Safety = 0.9;
    private const double LargestGrowth = 10;
    private const double LargestShrink = 0.2;

    private readonly Dopri5Options options;

    /// <param name="options">Tolerances and limits; out of range they throw <see cref="ArgumentOutOfRangeException"/>.</param>
    public Dopri5(Dopri5Options? options = null)
    {
        this.options = options ?? new();
        this.options.Validate();
    }

    /// <inheritdoc/>
    /// <remarks>Times inside a step are interpolated by a quartic.</remarks>
    public OdeResult Solve(
        IVelocityField field, Tensor x0, Tensor label, ReadOnlySpan<double> times, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        double direction = OdeSolverExtensions.Direction(times);
        double end = times[^1];
        bool past = options.StepPastEnd && field.DefinedPastEnd;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = x0.clone();
        var states = new List<Tensor> { x.clone() };
        double t = times[0];
        int accepted = 0, rejected = 0;
        // handles of our own to the field's answers, which may be tensors that it keeps, or x itself
        var slope = field.Velocity(x, t, label).detach();
        double size = InitialStep(field, x, slope, label, t, end, past);
        var outcome = double.IsFinite(size) ? OdeOutcome.Done : OdeOutcome.NonFinite;
        int evaluations = outcome == OdeOutcome.Done ? 2 : 1;
        bool finite = true;
        while (outcome == OdeOutcome.Done && states.Count < times.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            size = Math.Clamp(size, options.MinimumStep, options.MaximumStep);
            bool last = !past && size >= Math.Abs(end - t);
            double next = last ? end : t + direction * size;
            if (last) size = Math.Abs(end - t);
            if (accepted + rejected == options.MaximumSteps) outcome = OdeOutcome.MaximumSteps;
            else if (next == t) outcome = finite ? OdeOutcome.StepTooSmall : OdeOutcome.NonFinite;
            if (outcome != OdeOutcome.Done) break;

            using var step = NewDisposeScope();
            var slopes = Evaluate(field, x, slope, label, t, next, direction * size, out var moved);
            evaluations += Nodes.Length;
            double ratio = ErrorRatio(x, moved, slopes, direction * size);
            finite = double.IsFinite(ratio);
            bool taken = ratio <= 1;
            options.Progress?.Report(new(t, size, ratio, taken));
            if (taken)
            {
                accepted++;
                while (states.Count < times.Length && direction * (times[states.Count] - next) <= 0)
                {
                    double part = (times[states.Count] - t) / (next - t);
                    states.Add(Interpolate(part, x, moved, slopes, direction * size).MoveToOuterDisposeScope());
                }
                x.Dispose();
                slope.Dispose();
                x = moved.MoveToOuterDisposeScope();
                slope = slopes[^1].detach().MoveToOuterDisposeScope();
                t = next;
            }
            else
            {
                rejected++;
                if (size <= options.MinimumStep) outcome = finite ? OdeOutcome.StepTooSmall : OdeOutcome.NonFinite;
            }
            size *= Growth(ratio);
        }
        if (outcome == OdeOutcome.Done) (x, t) = (states[^1], end);
        return new(x.MoveToOuterDisposeScope(), t, outcome, evaluations, accepted, rejected)
        {
            States = stack(states).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>The seven slopes of a step of signed length h; the last one stands at its end, <paramref name="moved"/>.</summary>
    private static Tensor[] Evaluate(
        IVelocityField field, Tensor x, Tensor slope, Tensor label, double t, double next, double h, out Tensor moved)
    {
        var slopes = new Tensor[Nodes.Length + 1];
        slopes[0] = slope;
        moved = x;
        for (int i = 0; i < Nodes.Length; i++)
        {
            moved = x + Weighted(slopes, Stages[i], h);
            slopes[i + 1] = field.Velocity(moved, Nodes[i] == 1 ? next : t + Nodes[i] * h, label);
        }
        return slopes;
    }

    private static Tensor Weighted(Tensor[] slopes, double[] weights, double h)
    {
        var sum = slopes[0] * (h * weights[0]);
        for (int i = 1; i < weights.Length; i++) if (weights[i] != 0) sum.add_(slopes[i], alpha: h * weights[i]);
        return sum;
    }

    private double ErrorRatio(Tensor x, Tensor moved, Tensor[] slopes, double h)
    {
        var tolerance = maximum(x.abs(), moved.abs()) * options.RelativeTolerance + options.AbsoluteTolerance;
        return Norm(Weighted(slopes, Error, h) / tolerance).ToDouble();
    }

    private Tensor Norm(Tensor x) => options.ErrorNorm == ErrorNorm.Batch
        ? x.square().mean().sqrt()
        : x.reshape(x.shape[0], -1).square().mean([1]).sqrt().max();

    /// <summary>Factor from one step's size to the next (elementary controller). A non-finite error shrinks the step.</summary>
    private static double Growth(double ratio) => ratio switch
    {
        0 => LargestGrowth,
        < 1 => Math.Min(LargestGrowth, Math.Max(1, Safety / Math.Pow(ratio, 1 / Order))),
        _ when double.IsFinite(ratio) => Math.Max(LargestShrink, Safety / Math.Pow(ratio, 1 / Order)),
        _ => LargestShrink,
    };

    /// <summary>Hairer, Norsett, Wanner: Solving Ordinary Differential Equations I, II.4. Not finite where the field is not.</summary>
    private double InitialStep(IVelocityField field, Tensor x, Tensor slope, Tensor label, double t, double end, bool past)
    {
        using var scope = NewDisposeScope();
        var scale = x.abs() * options.RelativeTolerance + options.AbsoluteTolerance;
        var norms = stack([Norm(x / scale), Norm(slope / scale)]).to(ScalarType.Float64).cpu();
        double state = norms[0].ToDouble(), speed = norms[1].ToDouble();
        if (!double.IsFinite(state + speed)) return double.NaN;
        double trial = state < 1e-5 || speed < 1e-5 ? 1e-6 : 0.01 * state / speed;
        if (!past) trial = Math.Min(trial, Math.Abs(end - t));
        double direction = Math.Sign(end - t);
        var further = field.Velocity(x.add(slope, alpha: direction * trial), t + direction * trial, label);
        double bend = Norm((further - slope) / scale).ToDouble() / trial;
        if (!double.IsFinite(bend)) return trial;
        double largest = Math.Max(speed, bend);
        double size = largest <= 1e-15 ? Math.Max(1e-6, trial * 1e-3) : Math.Pow(0.01 / largest, 1 / Order);
        return Math.Min(100 * trial, size);
    }

    /// <summary>The quartic through both ends and the middle of the step with the slopes of both ends.</summary>
    /// <param name="part">Where, as a part of the step from 0 to 1.</param>
    /// <param name="x">The state at the start.</param>
    /// <param name="moved">The state at the end.</param>
    /// <param name="slopes">The seven slopes of the step.</param>
    /// <param name="h">The step, signed.</param>
    private static Tensor Interpolate(double part, Tensor x, Tensor moved, Tensor[] slopes, double h)
    {
        if (part == 1) return moved.clone();
        // x + p (h f0 + p (c + p (b + p a)))
        var start = slopes[0] * h;
        var finish = slopes[^1] * h;
        var middle = Weighted(slopes, Middle, h);
        var whole = moved - x;
        var a = 2 * (finish - start) - 8 * whole + 16 * middle;
        var b = 5 * start - 3 * finish + 14 * whole - 32 * middle;
        var c = finish - 4 * start - 5 * whole + 16 * middle;
        return x + (start + (c + (b + a * part) * part) * part) * part;
    }
}
