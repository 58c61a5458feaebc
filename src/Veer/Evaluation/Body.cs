using Veer.Data;

namespace Veer.Evaluation;

/// <summary>Points with what stands for them where distributions are compared.</summary>
/// <param name="Data">As they are.</param>
/// <param name="Points">[N, D] features of images; vectors themselves.</param>
internal sealed record Body(LabeledData Data, Tensor Points)
{
    public long Count => Points.shape[0];

    /// <summary>Some of them, in the dispose scope that is open.</summary>
    public Body Rows(Tensor rows)
    {
        var data = Data.Rows(rows);
        return new(data, ReferenceEquals(Data.Points, Points) ? data.Points : Points.index_select(0, rows));
    }

    public Body Rows(long[] rows) => Rows(tensor(rows));

    public Body OfClass(int label) => Rows(Data.Labels.eq(label).nonzero().flatten());

    /// <summary>The same with points that are not looked at other than where distributions are compared: a subset then copies no images.</summary>
    public Body Alone => new(Data with { Points = Points }, Points);
}
