using System.Collections.Immutable;

namespace Veer.Trajectories;

/// <summary>A part of space with sides along the axes.</summary>
public sealed class Box
{
    /// <param name="low">[D] the least coordinate on each axis.</param>
    /// <param name="high">[D] the largest, above the least.</param>
    public Box(ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        if (low.Length == 0 || low.Length != high.Length)
            throw new ArgumentException($"{low.Length} low and {high.Length} high ends", nameof(high));
        for (int axis = 0; axis < low.Length; axis++)
        {
            if (!(low[axis] < high[axis] && double.IsFinite(high[axis] - low[axis])))
                throw new ArgumentException(FormattableString.Invariant($"axis {axis} runs from {low[axis]:g4} to {high[axis]:g4}"), nameof(high));
        }
        Low = [.. low];
        High = [.. high];
    }

    /// <summary>[D] the least coordinate on each axis.</summary>
    public ImmutableArray<double> Low { get; }

    /// <summary>[D] the largest coordinate on each axis.</summary>
    public ImmutableArray<double> High { get; }

    /// <summary>Number of axes D.</summary>
    public int Dimensions => Low.Length;

    /// <summary>The smallest box that holds some points, with room on every side.</summary>
    /// <param name="points">[N, D], finite.</param>
    /// <param name="room">Width of the room over the points' largest extent; above 0.</param>
    public static Box Around(Tensor points, double room)
    {
        if (points.dim() != 2 || points.numel() == 0)
            throw new ArgumentException($"a box wants points [N, D], N and D at least 1, not [{string.Join(", ", points.shape)}]", nameof(points));
        using var scope = NewDisposeScope();
        var values = points.detach().cpu().to(ScalarType.Float64);
        double[] low = values.amin(0).data<double>().ToArray(), high = values.amax(0).data<double>().ToArray();
        double extent = low.Zip(high, (from, to) => to - from).Max();
        // points that are all the same still want a box
        double width = room * (extent > 0 ? extent : 1);
        return new(Array.ConvertAll(low, value => value - width), Array.ConvertAll(high, value => value + width));
    }
}
