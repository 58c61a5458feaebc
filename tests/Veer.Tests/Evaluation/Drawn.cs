using Veer.Data;
using static TorchSharp.torch;

namespace Veer.Tests.Evaluation;

/// <summary>Points of known distributions.</summary>
internal static class Drawn
{
    public static LabeledData Unlabelled(Tensor points) => new(points, zeros(points.shape[0], ScalarType.Int64), 1);

    /// <summary>Standard normal points.</summary>
    public static LabeledData Normal(string purpose, int count, int dimensions = 2, long seed = 0) =>
        Unlabelled(RandomKey.From(seed, purpose).Normal(0, count, [dimensions]));

    /// <summary>Narrow modes on a circle, in turn; each its own class.</summary>
    public static LabeledData Modes(string purpose, int count, int modes = 4)
    {
        var labels = arange(count, ScalarType.Int64).remainder_(modes);
        var angle = labels.to(ScalarType.Float32) * (2 * Math.PI / modes);
        return new(stack([angle.cos(), angle.sin()], 1) * 3 + RandomKey.From(0, purpose).Normal(0, count, [2]) * 0.1, labels, modes);
    }
}
