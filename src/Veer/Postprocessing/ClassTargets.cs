using Veer.Data;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Any real point of the sample's class, each equally often: the control that shows what a choice of targets brings.</summary>
internal sealed class ClassTargets : ITargets
{
    /// <summary>Draws below 2^62 modulo a class's size favour no point by more than its size / 2^62.</summary>
    private const long Limit = 1L << 62;

    private readonly Tensor labels, pool, starts, counts;

    /// <param name="generated">The samples.</param>
    /// <param name="real">Real points of the same classes.</param>
    /// <exception cref="InputException">A class that has samples has no real point.</exception>
    public ClassTargets(LabeledData generated, LabeledData real)
    {
        using var scope = NewDisposeScope();
        var rows = ByClass.Split(real.Points, real.Labels, real.Classes, ByClass.Task, "real labels");
        var asked = ByClass.Split(generated.Points, generated.Labels, real.Classes, ByClass.Task, "generated labels");
        ByClass.RequireTargets(asked, rows);
        var device = generated.Points.device;
        var sizes = tensor(rows.Select(list => list.shape[0]).ToArray(), ScalarType.Int64);
        labels = generated.Labels;
        pool = cat(rows).to(device).MoveToOuterDisposeScope();
        starts = (sizes.cumsum(0) - sizes).to(device).MoveToOuterDisposeScope();
        counts = sizes.to(device).MoveToOuterDisposeScope();
    }

    public long Sources => labels.shape[0];

    public Tensor Draw(Tensor rows, RandomDraws draws)
    {
        using var scope = NewDisposeScope();
        var label = labels.index_select(0, rows);
        var place = draws.Below(Limit, [rows.shape[0]])
            .remainder_(counts.index_select(0, label));
        return pool.index_select(0, starts.index_select(0, label) + place).MoveToOuterDisposeScope();
    }
}
