using Veer.Data;

namespace Veer.Training;

/// <summary>Draws clean points and what a generator is told of their class. Safe on several threads at once.</summary>
/// <param name="data">Training points; on the device to train on.</param>
/// <param name="labelDropout">Probability that a label becomes the null label.</param>
/// <param name="horizontalFlips">Whether images [C, H, W] are mirrored half of the time.</param>
internal sealed class TrainingDraws(LabeledData data, double labelDropout, bool horizontalFlips)
{
    /// <summary>Where the points are.</summary>
    public Device Device => data.Points.device;

    /// <summary>[count] int64 points, by their row.</summary>
    public Tensor Rows(int count, RandomDraws draws) => draws.Below(data.Count, [count]);

    /// <summary>[B] int64 labels of some rows, some of them null: C.</summary>
    public Tensor Labels(Tensor rows, RandomDraws draws)
    {
        var label = data.Labels.index_select(0, rows);
        if (labelDropout == 0) return label;
        using (label)
        {
            using var dropped = draws.Uniform([rows.shape[0]]) < labelDropout;
            return label.masked_fill(dropped, (long)data.Classes);
        }
    }

    /// <summary>[B, ...] the points of some rows.</summary>
    public Tensor Points(Tensor rows, RandomDraws draws)
    {
        var points = data.Points.index_select(0, rows);
        if (!horizontalFlips) return points;
        using var scope = NewDisposeScope();
        var mirrored = draws.Uniform([rows.shape[0], 1, 1, 1]) < 0.5;
        return where(mirrored, points.flip(3), points).MoveToOuterDisposeScope();
    }
}
