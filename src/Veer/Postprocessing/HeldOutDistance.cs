using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>How near a flow brings held-out samples to held-out real points, while it is trained.</summary>
/// <remarks>It is of all points, whatever their class: those of one class are often too few to tell.</remarks>
internal sealed class HeldOutDistance
{
    /// <summary>Steps of Heun: as many as tell better weights from worse ones; an image's evaluation is dear.</summary>
    private const int StepsOfVectors = 8, StepsOfImages = 2;

    /// <summary>Images that are moved before a stop is looked for.</summary>
    private const int ImagesAtOnce = 50;

    private readonly HeldOut heldOut;
    private readonly Coordinates coordinates;
    private readonly KernelDiscrepancy discrepancy;

    /// <param name="heldOut">Points in the flow's unit; its tensors stay the caller's.</param>
    /// <param name="coordinates">Where they are compared.</param>
    /// <param name="cancellation">Stops the extraction of features.</param>
    public HeldOutDistance(HeldOut heldOut, Coordinates coordinates, CancellationToken cancellation)
    {
        (this.heldOut, this.coordinates) = (heldOut, coordinates);
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
            var (distance, parts) = discrepancy.Parts(coordinates.Of(cat(moved), cancellation));
            return (distance, parts.MoveToOuterDisposeScope());
        }
        catch (SolverStoppedException)
        {
            return (double.PositiveInfinity, null);
        }
    }
}
