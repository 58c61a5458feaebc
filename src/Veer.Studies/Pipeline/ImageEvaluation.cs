using System.Globalization;
using Veer.Data;
using Veer.Judges;
using Veer.Metrics;
using Veer.Postprocessing;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Every number of one set of images. Their spread is compared with that of held-out real images in the features of the data set's judge
/// (of its pixels, where the library has no judge for it); the judge also says whether an image shows the class that was asked for.
/// </summary>
internal sealed class ImageEvaluation : IEvaluation
{
    private readonly LabeledData heldOut;
    private readonly DigitJudge? judge;
    private readonly IFeatureSpace space;
    private readonly Tensor reference;
    private readonly FeatureMoments moments;
    private readonly long seed;

    /// <param name="data">A study's images.</param>
    /// <param name="samples">How many samples a set has.</param>
    /// <param name="seed">Seed of the subsets that the kernel distance is taken over.</param>
    public ImageEvaluation(StudyData data, int samples, long seed)
    {
        this.seed = seed;
        heldOut = data.HeldOut;
        judge = DigitJudge.DataSets.Contains(data.Name) ? DigitJudge.Of(data.Name) : null;
        space = judge ?? (IFeatureSpace)new PixelSpace((int)data.Shape[0], (int)data.Shape[1], (int)data.Shape[2]);
        reference = space.Features(heldOut.Points);
        moments = FeatureMoments.Of(reference);
        var print = MetricFingerprint.Of(space, samples, heldOut.Count, data.Name, "test");
        Fingerprint = new Dictionary<string, string>
        {
            ["features"] = print.Extractor,
            ["features file"] = print.ExtractorFingerprint,
            ["resize"] = print.Resize,
            ["quantization"] = print.Quantization,
            ["reference"] = $"{print.Reference}, {print.Split}, {print.References.ToString(CultureInfo.InvariantCulture)} images",
            ["samples"] = print.Samples.ToString(CultureInfo.InvariantCulture),
        };
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
        if (judge is not null)
        {
            var seen = judge.Seen(features);
            rows.AddRange(Means("label-agreement", seen.eq(samples.Labels)));
            var nearest = NearestOfClass(features, reference);
            each[stage] = seen.MoveToOuterDisposeScope();
            each[$"{stage}.distance"] = nearest.Distances.squeeze(1).MoveToOuterDisposeScope();
            each[$"{stage}.nearest"] = nearest.Indices.squeeze(1).MoveToOuterDisposeScope();
        }
        return new(rows, each);

        NeighborLists NearestOfClass(Tensor from, Tensor to) =>
            Neighbors.SearchByClass(from, samples.Labels, to, heldOut.Labels, heldOut.Classes, 1);

        IEnumerable<ResultRow> Spread(Tensor features)
        {
            yield return Row("all", "frechet", FrechetDistance.Of(FeatureMoments.Of(features), moments).Value);
            yield return Row("all", "kernel", KernelDistance.Of(features, reference, seed: seed).Mean);
            var manifold = PrecisionRecall.Of(features, reference);
            yield return Row("all", "precision", manifold.Precision);
            yield return Row("all", "recall", manifold.Recall);
        }

        IEnumerable<ResultRow> Means(string metric, Tensor values) => ClassMeans.Of(values, samples).Select(mean => Row(mean.Class, metric, mean.Value));

        ResultRow Row(string label, string metric, double value) => new(guidance, scale, label, stage, metric, value);
    }
}
