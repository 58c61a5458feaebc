namespace Veer.Metrics;

/// <summary>`class-margin`: how far a sample is from where a classifier would see another class than the one that was asked for.</summary>
public static class ClassMargin
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "class-margin", "Margin", MetricDirection.Neither,
        "Distance, in the evaluation classifier's features, from a sample to the nearest decision boundary of the class that was asked for; below 0 where it shows another.")
    {
        HangsOn = CountDependence.None,
        Source = "arXiv 1511.04599",
        Needs = MetricNeeds.Points | MetricNeeds.Classifier,
        Default = SampleKinds.Images,
        Evaluated = SampleKinds.None,
        Measure = set => Measurement.OfEach(set.Margins ?? throw new ArgumentException("the margin wants a classifier's", nameof(set))),
    };

    /// <summary>
    /// The signed distance of features from the decision boundaries of their class, of a classifier that is linear in them: the least over other classes k of
    /// (z_c - z_k) / |w_c - w_k| (Moosavi-Dezfooli et al., arXiv 1511.04599, affine multiclass classifiers). Within the class that is the way to the nearest boundary, outside
    /// the way, negative, to the farthest of those that are crossed.
    /// </summary>
    /// <param name="logits">z, [N, K].</param>
    /// <param name="weight">w, [K, D]: a row for each class.</param>
    /// <param name="labels">c, [N] int64.</param>
    /// <returns>[N], in the unit of the features; above 0 where the class is the most probable one.</returns>
    public static Tensor Compute(Tensor logits, Tensor weight, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var own = labels.unsqueeze(1);
        var gaps = logits.gather(1, own) - logits;
        // of every class from every other
        var lengths = (weight.unsqueeze(1) - weight).norm(2).index_select(0, labels);
        var same = arange(logits.shape[1], device: logits.device).eq(own);
        return (gaps / lengths).masked_fill(same, double.PositiveInfinity).amin([1]).MoveToOuterDisposeScope();
    }
}
