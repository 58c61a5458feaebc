using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>How near a flow brings held-out samples to held-out real points, while it is trained.</summary>
/// <remarks>
/// It is of all points, whatever their class: those of one class are often too few to tell. Samples of several guidance scales, which the flow is told, are
/// measured scale by scale, and the mean is taken: together they may lie as real points do where none of them does by itself.
/// </remarks>
internal sealed class HeldOutDistance
{
    /// <summary>Steps of Heun: as many as tell better weights from worse ones; an image's evaluation is dear.</summary>
    private const int StepsOfVectors = 8, StepsOfImages = 2;

    /// <summary>Images that are moved before a stop is looked for.</summary>
    private const int ImagesAtOnce = 50;

    private readonly HeldOut heldOut;
    private readonly Coordinates coordinates;
    private readonly KernelDiscrepancy discrepancy;
    private readonly IReadOnlyList<Tensor> scales;

    /// <param name="heldOut">Points in the flow's unit; its tensors stay the caller's.</param>
    /// <param name="coordinates">Where they are compared.</param>
    /// <param name="told">How the labels of the samples tell their scales; null: they do not.</param>
    /// <param name="cancellation">Stops the extraction of features.</param>
    public HeldOutDistance(HeldOut heldOut, Coordinates coordinates, ScaleLabels? told, CancellationToken cancellation)
    {
        (this.heldOut, this.coordinates) = (heldOut, coordinates);
        var scale = told?.ByScale(heldOut.Samples).Labels ?? zeros_like(heldOut.Samples.Labels);
        scales = [.. Enumerable.Range(0, told?.Scales.Count ?? 1).Select(place => scale.eq(place).nonzero().flatten())];
        // too few of one tell nothing of it
        if (scales.Any(rows => rows.shape[0] < 2)) scales = [arange(heldOut.Samples.Count, ScalarType.Int64, device: scale.device)];
        discrepancy = new(coordinates.Of(heldOut.Real.Points, cancellation));
    }

    /// <summary>Held-out samples and real points.</summary>
    public long Points => heldOut.Samples.Count + heldOut.Real.Count;

    /// <summary>The <see cref="KernelDiscrepancy"/> and its parts; infinite where the flow leads to no finite points.</summary>
    /// <param name="flow">The flow as it stands.</param>
    /// <param name="cancellation">Stops between some images.</param>
    public (double Distance, Tensor? Parts) Of(Postprocessor flow, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var samples = heldOut.Samples;
        var solver = new Heun(samples.Points.dim() == 2 ? StepsOfVectors : StepsOfImages);
        try
        {
            long count = samples.Count, most = samples.Points.dim() == 2 ? count : ImagesAtOnce;
            var moved = new List<Tensor>();
            for (long first = 0; first < count; first += most)
            {
                cancellation.ThrowIfCancellationRequested();
                var some = samples.Slice(first, Math.Min(most, count - first));
                moved.Add(flow.Apply(some.Points, some.Labels, solver, cancellation: cancellation).Samples);
            }
            var ends = coordinates.Of(cat(moved), cancellation);
            double sum = 0;
            var parts = zeros(Points, ScalarType.Float64, ends.device);
            foreach (var rows in scales)
            {
                var (distance, own) = discrepancy.Parts(ends.index_select(0, rows));
                sum += distance;
                parts.narrow(0, 0, count).index_add_(0, rows, own.narrow(0, 0, rows.shape[0]), 1);
                parts.narrow(0, count, heldOut.Real.Count).add_(own.narrow(0, rows.shape[0], heldOut.Real.Count));
            }
            return (sum / scales.Count, (parts / scales.Count).MoveToOuterDisposeScope());
        }
        catch (SolverStoppedException)
        {
            return (double.PositiveInfinity, null);
        }
    }
}
