using Veer.Runtime;

namespace Veer.Studies.Pipeline;

/// <summary>Where and how a study runs.</summary>
/// <param name="Folder">The run's folder; stages that stand there unchanged are not made again.</param>
/// <param name="Seed">Seed of every draw.</param>
/// <param name="Device">Where networks run.</param>
/// <param name="Precision">What networks of images calculate in.</param>
public sealed record RunOptions(string Folder, long Seed, Device Device, Precision Precision = Precision.Float32)
{
    /// <summary>The run's folder, without a separator at its end: runs beside it are found by its parent.</summary>
    public string Folder { get; } = Path.TrimEndingDirectorySeparator(Folder);
}
