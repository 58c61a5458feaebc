using Veer.Solvers;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Solvers;

/// <summary>A velocity field from a formula, counting its evaluations.</summary>
internal sealed class Field(Func<Tensor, double, Tensor> velocity) : IVelocityField
{
    public int Evaluations { get; private set; }

    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        Evaluations++;
        return velocity(x, t);
    }
}

/// <summary>Calls without labels, under the test's own cancellation.</summary>
internal static class Solving
{
    public static OdeResult Run(this IOdeSolver solver, IVelocityField field, Tensor x0, double from, double to) =>
        solver.Solve(field, x0, zeros(x0.shape[0], ScalarType.Int64), from, to, TestContext.Current.CancellationToken);

    public static OdeResult RunAt(this IOdeSolver solver, IVelocityField field, Tensor x0, params double[] times) =>
        solver.Solve(field, x0, zeros(x0.shape[0], ScalarType.Int64), times, TestContext.Current.CancellationToken);
}
