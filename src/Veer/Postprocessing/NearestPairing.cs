using Veer.Data;
using Veer.Matching;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>A sample's nearest real points: where the generator has thinned out, their targets stay as thin.</summary>
internal sealed class NearestPairing : Pairing
{
    public override string Name => "nearest";
    public override string Title => "each sample's k nearest real points";
    public override string Source => "arXiv 2503.10638, Eq. 11 and 12";

    public override IEnumerable<string> Reads(PostprocessorOptions options) => [nameof(options.Neighbors), nameof(options.MatchClasses)];

    public override ITargets Match(
        LabeledData samples, LabeledData real, PostprocessorOptions options, long seed,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var lists = options.MatchClasses
            ? Neighbors.SearchByClass(samples.Points, samples.Labels, real.Points, real.Labels, real.Classes, options.Neighbors, progress, cancellation)
            : Neighbors.Search(samples.Points, real.Points, options.Neighbors, progress, cancellation);
        return new Targets(lists.Indices);
    }
}
