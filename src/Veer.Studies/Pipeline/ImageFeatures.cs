using System.Globalization;
using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Matching;
using Veer.Metrics;
using Veer.Studies.Runs;

namespace Veer.Studies.Pipeline;

/// <summary>What is seen in a set of images.</summary>
/// <param name="Features">[N, D] where distributions are compared.</param>
/// <param name="Judged">[N, F] the judge's features.</param>
/// <param name="Classes">[N] the classes that the judge sees.</param>
/// <param name="Margins">[N] distances to the judge's decision boundary of the class that was asked for.</param>
internal sealed record SeenImages(Tensor? Features, Tensor? Judged, Tensor? Classes, Tensor? Margins);

/// <summary>
/// Where a study's images are compared: in the features that it names, else in those of the data set's evaluation classifier ("judge"), or of pixels where the
/// library has none for it; the judge also says which class an image shows.
/// </summary>
internal sealed class ImageFeatures : IDisposable
{
    /// <summary>A judge, its features, and those of the held-out images.</summary>
    private sealed record Judging(ImageJudge Judge, IFeatureSpace Space, Tensor HeldOut);

    private readonly LabeledData heldOut;
    private readonly IFeatureSpace space;
    private readonly Judging? judging;
    private readonly CancellationToken cancellation;

    /// <param name="context">A run on images.</param>
    /// <param name="needed">Whether anything is compared in features.</param>
    public ImageFeatures(RunContext context, bool needed)
    {
        var (data, settings) = (context.Data, context.Settings.Evaluation);
        (heldOut, cancellation) = (data.HeldOut, context.Cancellation);
        IsToTrain = settings.Reference == "train";
        space = context.Space(context.ImagesComparedIn);
        FeatureSpaces.RequireFor(space, data.Name);
        var real = IsToTrain ? data.Train : heldOut;
        Other = IsToTrain ? StudyData.LikeSamples(heldOut, context.TestSamples) : data.Second;
        if (needed) Reference = Of(real);
        if (data.IsJudged)
        {
            var judge = context.Space(FeatureSpaces.Judge);
            judging = new(ImageJudge.Named(data.Name), judge, judge == space && !IsToTrain && Reference is { } same ? same : judge.Features(heldOut.Points, null, cancellation));
        }
        Fingerprint = Print(new ImageReference(data.Name, data.Lossy, IsToTrain, real.Count).ToString(), context.TestSamples);
    }

    /// <summary>What the numbers rest on.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; }

    /// <summary>Where distributions are compared.</summary>
    public IFeatureSpace Space => space;

    /// <summary>Whether distributions are compared with that of training images.</summary>
    public bool IsToTrain { get; }

    /// <summary>[M, D] features of the images that distributions are compared with; null where none is.</summary>
    public Tensor? Reference { get; }

    /// <summary>Real images of the other split.</summary>
    public LabeledData Other { get; }

    /// <summary>Frees the evaluation classifier; spaces are the run's.</summary>
    public void Dispose() => judging?.Judge.Dispose();

    /// <summary>[N, D] features where distributions are compared.</summary>
    public Tensor Of(LabeledData images) => space.Features(images.Points, null, cancellation);

    /// <summary>Looks at images: what metrics need, and no more.</summary>
    public SeenImages See(LabeledData images, MetricNeeds needs)
    {
        var features = needs.HasFlag(MetricNeeds.Features) ? Of(images) : null;
        if (judging is null || !needs.HasFlag(MetricNeeds.Classifier)) return new(features, null, null, null);
        var judged = ReferenceEquals(images, heldOut) ? judging.HeldOut
            : judging.Space == space && features is not null ? features : judging.Space.Features(images.Points, null, cancellation);
        var logits = judging.Judge.Logits(judged);
        return new(features, judged, logits.argmax(1), ClassMargin.Compute(logits, judging.Judge.LogitWeight(), images.Labels));
    }

    /// <summary>What the judge says of each image: the class that it sees, and the nearest held-out image of the class that was asked for.</summary>
    /// <returns>Arrays [N], beyond the dispose scope that is open; none where there is no judge.</returns>
    public Dictionary<string, Tensor> OfEach(SeenImages seen, LabeledData images)
    {
        if (judging is null) return [];
        var nearest = Neighbors.SearchByClass(seen.Judged!, images.Labels, judging.HeldOut, heldOut.Labels, heldOut.Classes, 1);
        return new()
        {
            [""] = seen.Classes!.MoveToOuterDisposeScope(),
            [".distance"] = nearest.Distances.squeeze(1).MoveToOuterDisposeScope(),
            [".nearest"] = nearest.Indices.squeeze(1).MoveToOuterDisposeScope(),
        };
    }

    private Dictionary<string, string> Print(string reference, long samples)
    {
        var parts = EvaluationFingerprint.OfSpace(space);
        parts["reference"] = reference;
        parts["samples"] = samples.ToString(CultureInfo.InvariantCulture);
        if (samples <= space.Size)
            parts["few samples"] = FormattableString.Invariant($"no more than the {space.Size} features: the Fréchet distance is biased upwards");
        return parts;
    }
}
