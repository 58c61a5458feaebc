using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Targets among real points that were paired as one copy for each guidance scale, and stand there once.</summary>
/// <param name="paired">Targets among the copies, one whole copy after the other.</param>
/// <param name="count">Number of the real points.</param>
internal sealed class ScaleTargets(ITargets paired, long count) : ITargets
{
    public long Sources => paired.Sources;

    public Tensor Draw(Tensor rows, RandomDraws draws) => paired.Draw(rows, draws).remainder_(count);
}
