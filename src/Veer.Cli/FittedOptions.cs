using System.CommandLine;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Studies.Runs;

namespace Veer.Cli;

/// <summary>What commands that follow a fitted flow have in common: which one, how far, and by which steps; where nothing is said, as its run recommends.</summary>
internal static class FittedOptions
{
    public static Option<string> Model() => new("--model") { Description = "The folder that 'veer postprocess fit' left, or that of a postprocessor.", HelpName = "DIR", Required = true };

    public static Option<double?> Strength() =>
        NumberOption.RealOrNone("--strength", "How far to follow the flow: 0 leaves samples, 1 goes to its end (default: what the run recommends).", 0, 1);

    /// <summary>The guidance scale of the samples, of which the flow is told or the strength hangs on.</summary>
    public static Option<double?> Scale() => NumberOption.RealOrNone(
        "--scale", "The guidance scale that the samples were made with, where the postprocessor was fitted at several.", -SampleCommand.MostScale, SampleCommand.MostScale);

    /// <summary>The scale that samples are told to have.</summary>
    /// <exception cref="InputException">None is, and the model asks for it; or one is, and nothing hangs on it.</exception>
    public static double? ScaleFor(FittedPostprocessor fitted, double? asked)
    {
        if (asked is null && fitted.Scales is { } scales)
            throw CommandRunner.CommandLineFault("--scale", "nothing", $"the guidance scale of the samples: the model is told it, and was fitted at {string.Join(", ", scales.Select(one => FormattableString.Invariant($"{one}")))}");
        if (asked is not null && fitted.Scales is null && fitted.Strengths.Count == 1)
            throw CommandRunner.CommandLineFault("--scale", FormattableString.Invariant($"{asked}"), "nothing: the model is told no scale, and the run recommends one strength");
        return asked;
    }

    /// <summary>The strength that is asked for; the run's for the scale, where none is.</summary>
    /// <exception cref="InputException">None is asked for, and the run recommends several.</exception>
    public static double StrengthFor(FittedPostprocessor fitted, double? asked, double? scale) =>
        asked ?? fitted.StrengthAt(scale) ?? throw CommandRunner.CommandLineFault("--strength", "nothing", $"a number, or --scale: the run recommends {fitted.Recommendation}");

    /// <summary>The solver that is asked for; the run's, where none is; else the library's own for such samples.</summary>
    /// <exception cref="InputException">Another is asked for of a postprocessor that takes one step.</exception>
    public static (SolverKind Kind, int Steps) SolverFor(FittedPostprocessor fitted, string? name, long? steps, bool images)
    {
        if (fitted.TakesOneStep)
        {
            return (name is null || name == Euler.Kind.Name) && steps is null or 1 ? (Euler.Kind, 1)
                : throw CommandRunner.CommandLineFault("--solver", $"{steps ?? 1} steps of {name ?? Euler.Kind.Name}", "nothing: this postprocessor has learned to repair in one step");
        }
        var kind = SolverKind.All.Named(name ?? fitted.Solver ?? (images ? Heun.Kind.Name : Euler.Kind.Name));
        if (kind.Adaptive && steps is not null) throw CommandRunner.CommandLineFault("--steps", $"{steps}", $"nothing: {kind.Name} takes as many as its errors ask for");
        bool own = name is null || name == fitted.Solver;
        return (kind, (int)(steps ?? (own && fitted.Solver is not null ? fitted.Steps : Postprocessor.DefaultSteps)));
    }
}
