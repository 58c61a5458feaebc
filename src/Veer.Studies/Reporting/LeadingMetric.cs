namespace Veer.Studies.Reporting;

/// <summary>The distance to real data that speaks for a run: Fréchet's where it was measured, else the distance to the nearest real point.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Words">What falls or rises.</param>
/// <param name="Closer">What a lower value is called, in short.</param>
/// <param name="Farther">What a higher value is called, in short.</param>
/// <param name="Axis">What an axis of it is called.</param>
internal sealed record LeadingMetric(string Name, string Words, string Closer, string Farther, string Axis)
{
    private static readonly LeadingMetric Nearest = new(
        MetricInfo.NearestDistance, "the mean distance to the nearest held-out real point", "closer to real data", "farther from real data", "distance");

    private static LeadingMetric Frechet(ResultTable table) => new(
        MetricInfo.Frechet, $"the Fréchet distance to {table.Reference} (in {table.Space})", "lower Fréchet distance", "higher Fréchet distance", "Fréchet distance");

    public static LeadingMetric? Of(ResultTable table) => table.Has(MetricInfo.Frechet) ? Frechet(table) : table.Has(MetricInfo.NearestDistance) ? Nearest : null;

    /// <summary>What is compared stage by stage: this distance, and what must not be lost for it.</summary>
    public static IReadOnlyList<string> Quality(ResultTable table) => table.Has(MetricInfo.Frechet)
        ? [MetricInfo.Frechet, MetricInfo.LabelAgreement] : [MetricInfo.NearestDistance, MetricInfo.SlicedWasserstein];
}
