using System.Globalization;
using Veer.Data;
using Veer.Features;
using Veer.Judges;
using Veer.Metrics;
using Veer.Postprocessing;
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

    private readonly LabeledData heldOut;
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
        reference = space.Features((toTrain ? data.Train : heldOut).Points);
        if (judged)
        {
            var judge = context.Space(FeatureSpaces.Judge);
            judging = new(ImageJudge.Of(data.Name), judge, judge == space && !toTrain ? reference : judge.Features(heldOut.Points));
        }
        spread = new(FeatureMoments.Of(reference));
        manifold = new(reference);
        if (context.Settings.ChoosesStrengths) trainSpread = toTrain ? spread : new(FeatureMoments.Of(space.Features(data.Train.Points)));
        Fingerprint = Print(MetricFingerprint.Of(
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
        List<ResultRow> rows = [.. Spread(features), .. Means("nn-distance", NearestOfClass(samples.Points.flatten(1), heldOut.Points.flatten(1)).Distances)];
        if (judging is not null)
        {
            var judged = judging.Space == space ? features : judging.Space.Features(samples.Points);
            var seen = judging.Judge.Seen(judged);
            rows.AddRange(Means("label-agreement", seen.eq(samples.Labels)));
            var nearest = NearestOfClass(judged, judging.HeldOut);
            each[""] = seen.MoveToOuterDisposeScope();
            each[".distance"] = nearest.Distances.squeeze(1).MoveToOuterDisposeScope();
            each[".nearest"] = nearest.Indices.squeeze(1).MoveToOuterDisposeScope();
        }
        return new(rows, each);

        NeighborLists NearestOfClass(Tensor from, Tensor to) =>
            Neighbors.SearchByClass(from, samples.Labels, to, heldOut.Labels, heldOut.Classes, 1);

        IEnumerable<ResultRow> Spread(Tensor features)
        {
            yield return Row("all", "frechet", spread.Compare(FeatureMoments.Of(features)).Value);
            yield return Row("all", "kernel", KernelDistance.Of(features, reference, seed: seed).Mean);
            var shares = manifold.Compare(features);
            yield return Row("all", "precision", shares.Precision);
            yield return Row("all", "recall", shares.Recall);
        }

        IEnumerable<ResultRow> Means(string metric, Tensor values) => ClassMeans.Of(values, samples).Select(mean => Row(mean.Class, metric, mean.Value));

        ResultRow Row(string label, string metric, double value) => new(guidance, scale, label, stage, metric, value);
    }

    /// <inheritdoc/>
    public double DistanceToTraining(LabeledData samples)
    {
        using var scope = NewDisposeScope();
        return trainSpread!.Compare(FeatureMoments.Of(space.Features(samples.Points))).Value;
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
