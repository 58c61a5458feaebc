namespace Veer.Solvers;

/// <summary>Euler's method with equal steps: order 1, one evaluation a step. Exact where paths are straight.</summary>
/// <param name="steps">Number of steps, at least 1.</param>
public sealed class Euler(int steps) : FixedStepSolver(steps)
{
    /// <summary>What settings and commands know of it.</summary>
    public static SolverKind Kind { get; } = new() { Name = "euler", Title = "Euler, order 1", EvaluationsPerStep = 1, Make = steps => new Euler(steps) };

    /// <inheritdoc/>
    protected override int EvaluationsPerStep => 1;

    /// <inheritdoc/>
    protected override Tensor Step(IVelocityField field, Tensor x, Tensor velocity, Tensor label, double t, double next) =>
        x.add(velocity, alpha: next - t);
}
