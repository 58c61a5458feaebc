using Veer.Data;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Any real point: the control that shows what a choice of targets brings.</summary>
internal sealed class RandomPairing : Pairing
{
    public override string Name => "random";
    public override string Title => "any real point of the sample's class";
    public override string Source => "the control of arXiv 2503.10638, App. B.2";

    public override IEnumerable<string> Reads(PostprocessorOptions options) => [nameof(options.MatchClasses)];

    public override ITargets Match(
        LabeledData samples, LabeledData real, PostprocessorOptions options, long seed,
        IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        new ClassTargets(Classes(samples, options), Classes(real, options));
}
