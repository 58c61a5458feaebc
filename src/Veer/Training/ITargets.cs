namespace Veer.Training;

/// <summary>Which target points the points of a flow may go to: a fresh one is drawn at every iteration. Asked on several threads at once.</summary>
public interface ITargets
{
    /// <summary>Number of source points that have targets.</summary>
    long Sources { get; }

    /// <summary>Draws a target for each of some source points.</summary>
    /// <param name="rows">[B] int64: which source points; a point may stand there more than once.</param>
    /// <param name="draws">Where the randomness comes from, on the device of the points.</param>
    /// <returns>[B] int64, on the device of the rows: rows of the target points. It belongs to the caller's dispose scope.</returns>
    Tensor Draw(Tensor rows, RandomDraws draws);
}
