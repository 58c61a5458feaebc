using System.Globalization;
using Veer.Data;
using Veer.Features;
using Veer.Matching;
using Veer.Metrics;
using Veer.Studies.Reporting;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Every number of one set of images. Their spread is compared with that of real images in the features that the study names, else in those
/// of the data set's judge, or of pixels where the library has none for it; the judge also says whether an image shows the class that was
/// asked for.
/// </summary>
internal sealed class ImageEvaluation : IEvaluation
{
    /// <summary>A judge, its features, and those of the held-out images.</summary>
    private sealed record Judging(ImageJudge Judge, IFeatureSpace Space, Tensor HeldOut);

    /// <summary>One number of a class, or of "all".</summary>
    private readonly record struct Number(string Class, string Metric, double Value);

    private readonly LabeledData heldOut, second, other;
    private readonly Judging? judging;
    private readonly IFeatureSpace space;
    private readonly Tensor reference;
    private readonly FrechetReference spread;
    private readonly ManifoldReference manifold;
    private readonly FrechetReference? trainSpread;
    private readonly long seed;

    /// <param name="context">A run on images.</param>
    public ImageEvaluation(RunContext context)
    {
        var (data, settings) = (context.Data, context.Settings.Evaluation);
        seed = context.Run.Seed;
        heldOut = data.HeldOut;
        bool judged = ImageJudge.DataSets.Contains(data.Name);
        space = context.Space(settings.Features ?? (judged ? FeatureSpaces.Judge : FeatureSpaces.Pixels));
        bool toTrain = settings.Reference == "train";
        second = data.Second;
        other = toTrain ? heldOut.Slice(0, Math.Min(heldOut.Count, context.Settings.Sampling.TestSamples)) : second;
        reference = space.Features((toTrain ? data.Train : heldOut).Points);
        if (judged)
        {
            var judge = context.Space(FeatureSpaces.Judge);
            judging = new(ImageJudge.Named(data.Name), judge, judge == space && !toTrain ? reference : judge.Features(heldOut.Points));
        }
        spread = new(FeatureMoments.Compute(reference));
        manifold = new(reference);
        if (context.Settings.ChoosesStrengths) trainSpread = toTrain ? spread : new(FeatureMoments.Compute(space.Features(data.Train.Points)));
        Fingerprint = Print(MetricFingerprint.Create(
            space, context.Settings.Sampling.TestSamples, reference.shape[0], data.Name, toTrain ? "train" : "test"), data.Lossy);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Fingerprint { get; }

    /// <inheritdoc/>
    public Measured Measure(string guidance, double scale, string stage, LabeledData samples)
    {
        using var scope = NewDisposeScope();
        var features = space.Features(samples.Points);
        var each = new Dictionary<string, Tensor>();
        List<Number> numbers = [.. Spread(features), .. Nearest(samples)];
        if (judging is not null)
        {
            var judged = judging.Space == space ? features : judging.Space.Features(samples.Points);
            var seen = judging.Judge.Seen(judged);
            numbers.AddRange(Means("label-agreement", seen.eq(samples.Labels), samples));
            var nearest = NearestOfClass(judged, samples.Labels, judging.HeldOut);
            each[""] = seen.MoveToOuterDisposeScope();
            each[".distance"] = nearest.Distances.squeeze(1).MoveToOuterDisposeScope();
            each[".nearest"] = nearest.Indices.squeeze(1).MoveToOuterDisposeScope();
        }
        return new([.. numbers.Select(number => new ResultRow(guidance, scale, number.Class, stage, number.Metric, number.Value))], each);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Each from images that it was not made of: the reference of the spread is compared with images of the other split, and the judge is asked
    /// about images that it was not trained on.
    /// </remarks>
    public IReadOnlyList<ResultRow> Floor()
    {
        using var scope = NewDisposeScope();
        List<Number> numbers = [.. Spread(space.Features(other.Points)), .. Nearest(second)];
        if (judging is not null) numbers.AddRange(Means("label-agreement", judging.Judge.Seen(judging.HeldOut).eq(heldOut.Labels), heldOut));
        return [.. numbers.Select(number => new ResultRow("none", 0, number.Class, "real", number.Metric, number.Value))];
    }

    private IEnumerable<Number> Spread(Tensor features)
    {
        yield return new("all", "frechet", spread.Compare(FeatureMoments.Compute(features)).Value);
        yield return new("all", "kernel", KernelDistance.Compute(features, reference, seed: seed).Mean);
        var shares = manifold.Compare(features);
        yield return new("all", "precision", shares.Precision);
        yield return new("all", "recall", shares.Recall);
    }

    private IEnumerable<Number> Nearest(LabeledData samples) =>
        Means("nn-distance", NearestOfClass(samples.Points.flatten(1), samples.Labels, heldOut.Points.flatten(1)).Distances, samples);

    private NeighborLists NearestOfClass(Tensor from, Tensor labels, Tensor to) =>
        Neighbors.SearchByClass(from, labels, to, heldOut.Labels, heldOut.Classes, 1);

    private static IEnumerable<Number> Means(string metric, Tensor values, LabeledData samples) =>
        ClassMeans.Of(values, samples).Select(mean => new Number(mean.Class, metric, mean.Value));

    /// <inheritdoc/>
    public double DistanceToTraining(LabeledData samples)
    {
        using var scope = NewDisposeScope();
        return trainSpread!.Compare(FeatureMoments.Compute(space.Features(samples.Points))).Value;
    }

    private Dictionary<string, string> Print(MetricFingerprint print, bool lossy)
    {
        string reference = lossy ? $"{print.Reference} (JPEG reference)" : print.Reference;
        var parts = new Dictionary<string, string>
        {
            ["features"] = print.Extractor,
            ["features file"] = print.ExtractorFingerprint,
            ["description"] = print.Description,
            ["resize"] = print.Resize,
            ["quantization"] = print.Quantization,
            ["reference"] = $"{reference}, {print.Split}, {print.References.ToString(CultureInfo.InvariantCulture)} images",
            ["samples"] = print.Samples.ToString(CultureInfo.InvariantCulture),
        };
        if (print.Samples <= space.Size)
            parts["few samples"] = FormattableString.Invariant($"no more than the {space.Size} features: the Fréchet distance is biased upwards");
        return parts.Where(part => part.Value.Length > 0).ToDictionary();
    }
}
