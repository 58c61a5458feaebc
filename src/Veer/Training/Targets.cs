namespace Veer.Training;

/// <summary>A list of targets for each source point; each of the list is drawn equally often.</summary>
/// <param name="Choices">[N, k] int64 rows of the target points, one row per source point.</param>
public sealed record Targets(Tensor Choices) : ITargets
{
    /// <inheritdoc/>
    public long Sources => Choices.shape[0];

    /// <inheritdoc/>
    public Tensor Draw(Tensor rows, RandomDraws draws)
    {
        using var scope = NewDisposeScope();
        var column = draws.Below(Choices.shape[1], [rows.shape[0], 1]);
        return Choices.index_select(0, rows).gather(1, column).squeeze(1).MoveToOuterDisposeScope();
    }
}
