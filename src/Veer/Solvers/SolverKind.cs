namespace Veer.Solvers;

/// <summary>A way of solving an ODE, by its name; it stands in the solver's own file, and is registered in <see cref="All"/>.</summary>
public sealed class SolverKind : IRegistered<SolverKind>
{
    /// <summary>Those that studies and commands offer.</summary>
    public static Registry<SolverKind> All { get; } = new("solver", Dopri5.Kind, Euler.Kind, Heun.Kind);

    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>Evaluations of a step; null: it takes as many steps as its errors ask for.</summary>
    public int? EvaluationsPerStep { get; init; }

    /// <summary>Makes it, for a number of steps.</summary>
    public required Func<int, IOdeSolver> Make { get; init; }

    /// <summary>Whether it looks at its own errors: it would take bfloat16's rounding for one.</summary>
    public bool Adaptive => EvaluationsPerStep is null;
}
