using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>How near a flow brings held-out samples to held-out real points, while it is trained.</summary>
/// <remarks>It is of all points, whatever their class: those of one class are often too few to tell.</remarks>
internal sealed class HeldOutDistance
{
    /// <summary>Steps of Heun: as many as tell better weights from worse ones; an image's evaluation is dear.</summary>
    private const int StepsOfVectors = 8, StepsOfImages = 2;

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

    /// <summary>The <see cref="KernelDiscrepancy"/>; infinite where the flow leads to no finite points.</summary>
    public double Of(Postprocessor flow)
    {
        using var scope = NewDisposeScope();
        var samples = heldOut.Samples;
        var solver = new Heun(samples.Points.dim() == 2 ? StepsOfVectors : StepsOfImages);
        try
        {
            var moved = flow.Apply(samples.Points, samples.Labels, solver).Samples;
            return discrepancy.Of(coordinates.Of(moved, CancellationToken.None));
        }
        catch (SolverStoppedException)
        {
            return double.PositiveInfinity;
        }
    }
}
