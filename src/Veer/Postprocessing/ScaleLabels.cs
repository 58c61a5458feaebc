using System.Globalization;
using Veer.Data;

namespace Veer.Postprocessing;

/// <summary>
/// Labels that say class and guidance scale, class + s · C at the s-th of the scales: by them one postprocessor for all scales is told how strongly each
/// sample was guided, which the sample does not say. Between two scales a label is a share of both, so that scales are repaired that no sample was trained on.
/// </summary>
public sealed class ScaleLabels
{
    private readonly double[] scales;
    private readonly int classes;

    /// <param name="scales">The scales that are trained on, two or more, each once.</param>
    /// <param name="classes">C, the number of classes of the points.</param>
    public ScaleLabels(IEnumerable<double> scales, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (this.scales, this.classes) = ([.. scales.Order()], classes);
        if (this.scales.Length < 2 || this.scales.Distinct().Count() < this.scales.Length || !this.scales.All(double.IsFinite))
            throw new ArgumentException("two scales or more, each finite and given once", nameof(scales));
    }

    /// <summary>The scales that are trained on, rising.</summary>
    public IReadOnlyList<double> Scales => scales;

    /// <summary>Number of labels: of the postprocessor's classes.</summary>
    public int Classes => classes * scales.Length;

    /// <summary>Samples of one scale with the labels that tell it, to train with.</summary>
    /// <param name="samples">With labels 0 to C - 1.</param>
    /// <param name="scale">One of the scales.</param>
    /// <exception cref="InputException">A label is none of these.</exception>
    public LabeledData Of(LabeledData samples, double scale)
    {
        ByClass.RequireRange(samples.Labels, classes, "scale labels", "labels");
        int place = Array.IndexOf(scales, scale);
        if (place < 0) throw new ArgumentOutOfRangeException(nameof(scale), scale, $"one of {string.Join(", ", scales.Select(one => one.ToString(CultureInfo.InvariantCulture)))}");
        return samples with { Labels = samples.Labels + place * classes, Classes = Classes };
    }

    /// <summary>Real points, which are of every scale: once for each, with its labels, one whole copy after the other.</summary>
    internal LabeledData OfReal(LabeledData real) => LabeledData.Join([.. scales.Select(scale => Of(real, scale))]);

    /// <summary>Points with the number of their scale as their class, where it alone divides them.</summary>
    internal LabeledData ByScale(LabeledData told) => told with { Labels = told.Labels.div(classes, RoundingMode.floor), Classes = scales.Length };

    /// <summary>What <see cref="Postprocessor.Apply(Tensor, Tensor, Solvers.IOdeSolver?, double, CancellationToken)"/> is told of samples of any scale; beyond the first or the last it is told that one.</summary>
    /// <param name="labels">[N] int64, each 0 to C - 1.</param>
    /// <param name="scale">The scale that the samples were guided with, finite.</param>
    /// <exception cref="InputException">A label is none of these.</exception>
    /// <returns>[N] int64 at one of the scales, else [N, <see cref="Classes"/>] float32 weights.</returns>
    public Tensor At(Tensor labels, double scale)
    {
        if (!double.IsFinite(scale)) throw new ArgumentOutOfRangeException(nameof(scale), scale, "a finite scale");
        ByClass.RequireRange(labels, classes, "scale labels", "labels");
        int above = Array.FindIndex(scales, known => known >= scale);
        if (above < 0) above = scales.Length - 1;
        if (above == 0 || scales[above] <= scale) return labels + above * classes;
        double share = (scale - scales[above - 1]) / (scales[above] - scales[above - 1]);
        using var scope = NewDisposeScope();
        var upper = labels.unsqueeze(1) + above * classes;
        var weights = zeros([labels.shape[0], Classes], ScalarType.Float32, labels.device);
        weights.scatter_(1, upper - classes, full_like(upper, 1 - share, ScalarType.Float32));
        return weights.scatter_(1, upper, full_like(upper, share, ScalarType.Float32)).MoveToOuterDisposeScope();
    }
}
