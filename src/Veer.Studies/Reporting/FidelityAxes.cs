using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>By what fidelity and coverage are measured, and how the chart of both is to be read.</summary>
/// <param name="Coverage">The metric along the horizontal axis.</param>
/// <param name="Fidelity">The metric along the vertical axis.</param>
/// <param name="CoverageLabel">The horizontal axis in words.</param>
/// <param name="FidelityLabel">The vertical axis in words.</param>
/// <param name="IsLogarithmic">Whether both axes are logarithmic; else they are shares in per cent.</param>
/// <param name="Reading">A sentence: where is better.</param>
/// <param name="Names">Both metrics in words.</param>
internal sealed record FidelityAxes(string Coverage, string Fidelity, string CoverageLabel, string FidelityLabel, bool IsLogarithmic, string Reading, string Names)
{
    private static readonly FidelityAxes Distances = new(
        MetricInfo.SlicedWasserstein, MetricInfo.NearestDistance,
        "sliced Wasserstein-2 to real data (coverage)", "distance to nearest real point (fidelity)", IsLogarithmic: true,
        "The lower, the nearer samples are to real data; the farther left, the more of the data they cover.",
        "distance to nearest real point against sliced Wasserstein-2");

    private static readonly FidelityAxes Manifolds = new(
        MetricInfo.Recall, MetricInfo.Precision,
        "recall in % (coverage)", "precision in % (fidelity)", IsLogarithmic: false,
        "The higher, the more samples look like real ones; the farther right, the more of the real data they cover.",
        "precision against recall");

    public static FidelityAxes Of(ResultTable table) => table.Has(MetricInfo.Precision) && table.Has(MetricInfo.Recall) ? Manifolds : Distances;

    /// <summary>The place of a pair of values; null where the axes cannot show it.</summary>
    public Coordinates? Place(double? coverage, double? fidelity)
    {
        if (coverage is not { } x || fidelity is not { } y || !ResultTable.CanDraw(x) || !ResultTable.CanDraw(y)) return null;
        if (!IsLogarithmic) return new Coordinates(100 * x, 100 * y);
        return LogAxis.CanShow(x) && LogAxis.CanShow(y) ? new Coordinates(Math.Log10(x), Math.Log10(y)) : null;
    }
}
