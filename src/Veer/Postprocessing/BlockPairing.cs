using Veer.Data;
using Veer.Matching;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>
/// One-to-one matches of random blocks (<see cref="BalancedPairing"/>), which use all real points evenly and so win back what guidance has
/// thinned out; a share of the draws may come from the nearest points.
/// </summary>
internal sealed class BlockPairing : Pairing
{
    /// <summary>What finding the neighbours takes of the time of both, roughly.</summary>
    private const double NearestWork = 0.1;

    public override string Name => "balanced";
    public override string Title => "an exact one-to-one matching of random blocks";
    public override string Source => "minibatch optimal transport: Pooladian et al., arXiv 2304.14772; Tong et al., arXiv 2302.00482";

    public override IEnumerable<string> Reads(PostprocessorOptions options)
    {
        string[] own = [nameof(options.BlockSize), nameof(options.Rounds), nameof(options.NearestShare), nameof(options.MatchClasses)];
        return options.NearestShare > 0 ? own.Union(Pairings.Nearest.Reads(options)) : own;
    }

    public override ITargets Match(
        LabeledData samples, LabeledData real, PostprocessorOptions options, long seed,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (options.NearestShare == 0) return Blocks(progress);
        var nearest = Pairings.Nearest.Match(samples, real, options, seed, Part(progress, 0, NearestWork), cancellation);
        return new MixedTargets(nearest, Blocks(Part(progress, NearestWork, 1 - NearestWork)), options.NearestShare);

        Targets Blocks(IProgress<double>? told) => new(BalancedPairing.Match(
            Classes(samples, options), Classes(real, options), options.Rounds, options.BlockSize, RandomKey.From(seed, "balanced"), told, cancellation));
    }
}
