using System.ComponentModel.DataAnnotations;
using Veer.Postprocessing;
using Veer.Solvers;

namespace Veer.Studies.Settings;

/// <summary>A postprocessor of a study: the flow itself, and what it is trained on.</summary>
public sealed record PostprocessorSettings : PostprocessorOptions
{
    internal const string EachScale = "each", AllScales = "all";

    /// <summary>As long a training as the other models of a study have, where it says nothing.</summary>
    public PostprocessorSettings() => Training = new();

    /// <summary>"each": a postprocessor per scale; "all": one for all scales, on as many samples in all, in equal shares.</summary>
    [AllowedValues(EachScale, AllScales)]
    public string Train { get; init; } = AllScales;

    /// <summary>
    /// Whether one for all scales is told the scale of each sample, beside its class (<see cref="ScaleLabels"/>): how strongly a sample was guided it does not say itself. At
    /// scales between those that it was trained on it is told shares of both neighbours. If not given, where samples at several scales are given (generated).
    /// </summary>
    public bool? TellScale { get; init; }

    /// <summary>Real points per class that it may know; all of them if not given.</summary>
    [Range(1, 10_000_000)]
    public int? RealPerClass { get; init; }

    /// <summary>The guidances whose samples it repairs; all of them if not given.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Guidances { get; init; }

    /// <summary>Where images are compared to be paired: a name that <see cref="Features.FeatureSpaces"/> knows; their pixels, if not given.</summary>
    public string? Space { get; init; }

    /// <summary>Warm start: the denoiser whose weights its training begins with, a rectified flow with the same network; random ones, if not given.</summary>
    public string? Start { get; init; }

    /// <summary>
    /// In the place of a flow of its own: the postprocessor whose flow it learns to follow to the end in one evaluation (<see cref="Postprocessing.Reflow"/>). Pairing
    /// and network are then that one's.
    /// </summary>
    public string? Reflow { get; init; }

    /// <summary>
    /// In the place of any training: postprocessors whose flows samples follow one after the other. After balanced pairs, which win back coverage, nearest ones
    /// take what is left of the way to the data. It is applied in those ways (<see cref="ApplicationSettings"/>) that have one strength: none is chosen for a chain.
    /// </summary>
    [MinLength(2)]
    public IReadOnlyList<string>? Chain { get; init; }

    /// <summary>The postprocessors that are applied, by name and in order: those of the chain, or it alone.</summary>
    /// <param name="name">Its own name.</param>
    internal IReadOnlyList<string> Links(string name) => Chain ?? [name];

    /// <summary>Whether it learns a flow of its own from pairs.</summary>
    internal bool LearnsFlow => Reflow is null && Chain is null;
}

/// <summary>How a postprocessor is applied.</summary>
public sealed record ApplicationSettings
{
    /// <summary>The solver, one of <see cref="SolverKind.All"/>.</summary>
    [Registered<SolverKind>]
    public string Solver { get; init; } = "dopri5";

    /// <summary>Steps of a fixed-step solver.</summary>
    [Range(1, 10_000)]
    public int Steps { get; init; } = 4;

    /// <summary>0 leaves the samples, 1 follows the flow to its end. If neither it nor <see cref="Strengths"/> is given: 1, and of images and of samples that were given one of quarters.</summary>
    [Range(0.0, 1.0)]
    public double? Strength { get; init; }

    /// <summary>
    /// In the place of one strength: of these that is taken, for each scale, which brings samples drawn for this choice nearest to the
    /// training points. With 0 among them a flow that would do harm is left out. Of samples that were given 0 is always among them, and one above is taken only where
    /// it brings those kept apart for the choice nearer to real points kept apart beyond doubt.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<double>? Strengths { get; init; }
}
