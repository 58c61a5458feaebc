using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Two ways to draw targets among the same points: each draw takes the first with a given probability, else the second.</summary>
internal sealed class MixedTargets : ITargets
{
    private readonly ITargets first, second;
    private readonly double share;

    /// <param name="first">Taken with probability share.</param>
    /// <param name="second">Taken otherwise; has the same sources.</param>
    /// <param name="share">0 to 1.</param>
    public MixedTargets(ITargets first, ITargets second, double share)
    {
        if (first.Sources != second.Sources)
            throw new ArgumentException($"targets for {first.Sources} and for {second.Sources} points", nameof(second));
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "expected 0 to 1");
        (this.first, this.second, this.share) = (first, second, share);
    }

    public long Sources => first.Sources;

    public Tensor Draw(Tensor rows, RandomDraws draws)
    {
        using var scope = NewDisposeScope();
        var takeFirst = draws.Uniform([rows.shape[0]], ScalarType.Float64).lt(share);
        return where(takeFirst, first.Draw(rows, draws), second.Draw(rows, draws)).MoveToOuterDisposeScope();
    }
}
