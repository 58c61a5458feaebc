using Veer.Data;
using Veer.Matching;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Postprocessing;

/// <summary>Which real points samples are trained towards, as the options of a postprocessor say.</summary>
internal static class Pairing
{
    /// <summary>What finding the neighbours takes of the time of both, roughly.</summary>
    private const double NearestWork = 0.1;

    /// <summary>Makes the targets of all samples.</summary>
    /// <param name="generated">The samples.</param>
    /// <param name="real">Real points of the same space and classes.</param>
    /// <param name="options">Says how they are paired.</param>
    /// <param name="seed">Seed of the random blocks.</param>
    /// <param name="progress">Told the share of samples that have their targets, 0 to 1.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InputException">A class has too few real points.</exception>
    public static ITargets Create(
        LabeledData generated, LabeledData real, PostprocessorOptions options, long seed,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        return options.Pairing switch
        {
            "nearest" => Nearest(generated, real, options, progress, cancellation),
            "random" when options.MatchClasses => new ClassTargets(generated, real),
            "random" => new ClassTargets(AsOneClass(generated), AsOneClass(real)),
            "balanced" when options.NearestShare == 0 => Balanced(generated, real, options, seed, progress, cancellation),
            "balanced" => new MixedTargets(
                Nearest(generated, real, options, Part(progress, 0, NearestWork), cancellation),
                Balanced(generated, real, options, seed, Part(progress, NearestWork, 1 - NearestWork), cancellation),
                options.NearestShare),
            _ => throw new ArgumentException($"pairing '{options.Pairing}': expected nearest, balanced or random", nameof(options)),
        };
    }

    private static Targets Nearest(
        LabeledData generated, LabeledData real, PostprocessorOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        var lists = options.MatchClasses
            ? Neighbors.SearchByClass(
                generated.Points, generated.Labels, real.Points, real.Labels, real.Classes, options.Neighbors, progress, cancellation)
            : Neighbors.Search(generated.Points, real.Points, options.Neighbors, progress, cancellation);
        return new(lists.Indices);
    }

    private static Targets Balanced(
        LabeledData generated, LabeledData real, PostprocessorOptions options, long seed, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        if (!options.MatchClasses) (generated, real) = (AsOneClass(generated), AsOneClass(real));
        var key = RandomKey.From(seed, "balanced");
        return new(BalancedPairing.Match(generated, real, options.Rounds, options.BlockSize, key, progress, cancellation));
    }

    private static LabeledData AsOneClass(LabeledData data) => data with { Labels = zeros_like(data.Labels), Classes = 1 };

    private static PartOfProgress? Part(IProgress<double>? whole, double before, double share) =>
        whole is null ? null : new(whole, before, share);
}
