namespace Veer.Matching;

/// <summary>The progress of one part as progress of the whole.</summary>
/// <param name="whole">Told of the whole.</param>
/// <param name="before">Share of the whole that was done before the part.</param>
/// <param name="share">Share of the whole that the part is.</param>
internal sealed class PartOfProgress(IProgress<double> whole, double before, double share) : IProgress<double>
{
    public void Report(double value) => whole.Report(before + share * value);
}
