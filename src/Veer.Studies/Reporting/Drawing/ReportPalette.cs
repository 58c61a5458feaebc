using ScottPlot;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>The colours of the report: one per class in every figure (Okabe and Ito's, then Tol's muted ones, told apart by colour-blind readers).</summary>
internal static class ReportPalette
{
    public static readonly Color Ink = Color.FromHex("#1f2733");
    public static readonly Color Muted = Color.FromHex("#667085");
    public static readonly Color Line = Color.FromHex("#d5dae1");
    public static readonly Color Grid = Color.FromHex("#eef0f3");
    public static readonly Color Paper = Color.FromHex("#ffffff");

    /// <summary>Real points, where they are the background.</summary>
    public static readonly Color RealFaint = Color.FromHex("#cdd2d9");

    /// <summary>Real points, where they are the subject.</summary>
    public static readonly Color Real = Color.FromHex("#6b7280");

    /// <summary>The densest place behind lines: pale enough for every colour over it.</summary>
    public static readonly Color Dense = Color.FromHex("#b3bac6");

    private static readonly Color[] Classes = Color.FromHex(["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#332288", "#44aa99"]);

    private static readonly Color[] Variants = Color.FromHex(["#0072b2", "#d55e00", "#332288", "#56b4e9", "#cc79a7", "#999933", "#44aa99"]);

    private static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown];

    public static Color Class(int label) => Classes[(label % Classes.Length + Classes.Length) % Classes.Length];

    /// <summary>A stage's colour, where stages and not classes are compared: no two of seven variants share one.</summary>
    public static Color Stage(string stage, IReadOnlyList<string> all) =>
        Usual(stage) ?? Variants[Math.Max(all.Where(name => Usual(name) is null).ToList().IndexOf(stage), 0) % Variants.Length];

    /// <summary>A guidance's colour, where guidances are compared.</summary>
    public static Color Guidance(string guidance, IReadOnlyList<string> all) => Class(Math.Max(all.ToList().IndexOf(guidance), 0));

    /// <summary>A mark's shape by its place among others: a second sign beside the colour.</summary>
    public static MarkerShape Shape(int place) => Shapes[place % Shapes.Length];

    private static Color? Usual(string stage) => stage switch
    {
        Stages.Before => Color.FromHex("#882255"),
        Stages.Individual => Color.FromHex("#e69f00"),
        Stages.OneForAll => Color.FromHex("#009e73"),
        Stages.Real => Real,
        _ => null,
    };
}
