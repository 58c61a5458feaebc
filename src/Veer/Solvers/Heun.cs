namespace Veer.Solvers;

/// <summary>Heun's method (the explicit trapezoidal rule) with equal steps: order 2, two evaluations a step.</summary>
/// <param name="steps">Number of steps, at least 1.</param>
public sealed class Heun(int steps) : FixedStepSolver(steps)
{
    /// <summary>What settings and commands know of it.</summary>
    public static SolverKind Kind { get; } = new() { Name = "heun", Title = "Heun, order 2", EvaluationsPerStep = 2, Make = steps => new Heun(steps) };

    /// <inheritdoc/>
    protected override int EvaluationsPerStep => 2;

    /// <inheritdoc/>
    protected override Tensor Step(IVelocityField field, Tensor x, Tensor velocity, Tensor label, double t, double next)
    {
        double h = next - t;
        var end = field.Velocity(x.add(velocity, alpha: h), next, label);
        return x.add(velocity, alpha: h / 2).add_(end, alpha: h / 2);
    }
}
