namespace Veer.Studies.Reporting;

/// <summary>The metric that speaks for a run: Fréchet's distance where it was measured, else the distance to the nearest real point.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Words">What falls or rises.</param>
/// <param name="Lower">What a lower value is called, in short.</param>
/// <param name="Higher">What a higher value is called, in short.</param>
/// <param name="Axis">What an axis of it is called.</param>
internal sealed record LeadingMetric(string Name, string Words, string Lower, string Higher, string Axis)
{
    /// <summary>The distance to real data; null where none was measured.</summary>
    public static LeadingMetric? Of(ResultTable table) =>
        table.Has(MetricInfo.Frechet) ? new(MetricInfo.Frechet, $"the Fréchet distance to {table.Reference} (in {table.Space})", "lower Fréchet distance", "higher Fréchet distance", "Fréchet distance")
        : table.Has(MetricInfo.NearestDistance) ? new(MetricInfo.NearestDistance, "the mean distance to the nearest held-out real point", "closer to real data", "farther from real data", "distance")
        : null;

    /// <summary>What the one table is of: the distance to real data, or, where nothing is repaired, what guidance does to trajectories.</summary>
    public static MetricInfo Answer(ResultTable table)
    {
        string? distance = Of(table)?.Name, trajectories = MetricInfo.OfTrajectories.FirstOrDefault(table.Has);
        return (table.StageNames.Count > 1 ? distance ?? trajectories : trajectories ?? distance) is { } name ? MetricInfo.Of(name) : table.Metrics[0];
    }

    /// <summary>What is compared stage by stage: this distance, and what must not be lost for it.</summary>
    public static IReadOnlyList<string> Quality(ResultTable table) => table.Has(MetricInfo.Frechet)
        ? [MetricInfo.Frechet, MetricInfo.LabelAgreement] : [MetricInfo.NearestDistance, MetricInfo.SlicedWasserstein];
}
