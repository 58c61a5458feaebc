using Veer.Data;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>One choice of a recipe, as people read it.</summary>
/// <param name="Name">What is chosen: "network".</param>
/// <param name="Value">What it is: "MLP of 3 layers, 128 wide".</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record RecipeChoice(string Name, string Value, string Reason);

/// <summary>How to fit a postprocessor to the samples of any generator, chosen from what they and the real points are.</summary>
/// <param name="Options">Pairing, network, training and early stopping.</param>
/// <param name="Solver">The solver to follow the flow with, one of <see cref="SolverKind.All"/>.</param>
/// <param name="Steps">Its steps from t = 0 to 1.</param>
/// <param name="Choices">What was chosen and why.</param>
public sealed record FitRecipe(PostprocessorOptions Options, string Solver, int Steps, IReadOnlyList<RecipeChoice> Choices)
{
    /// <summary>The recipe for samples and real points.</summary>
    /// <param name="samples">The samples to train on, [N, D] or [N, C, H, W], and their classes.</param>
    /// <param name="real">The real points to train on.</param>
    /// <exception cref="InputException">They are neither vectors nor images.</exception>
    public static FitRecipe For(LabeledData samples, LabeledData real) => samples.Points.dim() switch
    {
        2 => VectorRecipe.For(samples, real),
        4 => ImageRecipe.For(samples, real),
        _ => throw new InputException("recipe", "samples", $"[{string.Join(", ", samples.Points.shape)}]", "vectors [N, D] or images [N, C, H, W]"),
    };

    /// <summary>A recipe, with what it chose in words.</summary>
    internal static FitRecipe Of(PostprocessorOptions options, string solver, int steps, IEnumerable<(string Choice, string Reason)> reasons) =>
        new(options, solver, steps, [.. reasons.Select(one => new RecipeChoice(one.Choice, RecipeWords.Of(one.Choice, options, solver, steps), one.Reason))]);

    /// <summary>The recipe with other options; what is another choice so has another reason.</summary>
    internal FitRecipe Changed(PostprocessorOptions options, string solver, int steps, string reason) => new(options, solver, steps,
        [.. Choices.Select(choice => RecipeWords.Of(choice.Name, options, solver, steps) is var value && value == choice.Value ? choice : new(choice.Name, value, reason))]);

    /// <summary>The solver, made.</summary>
    public IOdeSolver CreateSolver() => SolverKind.All.Named(Solver).Make(Steps);
}
