namespace Veer.Metrics;

/// <summary>What every distance between two point sets asks of them.</summary>
internal static class PointSets
{
    /// <summary>Both [., D] with one D, not empty, and finite.</summary>
    public static void Check(Tensor samples, Tensor reference, string metric)
    {
        if (samples.dim() != 2 || reference.dim() != 2 || samples.shape[1] != reference.shape[1] || samples.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{metric} wants samples [N, D] and reference [M, D], "
                + $"not [{string.Join(", ", samples.shape)}] and [{string.Join(", ", reference.shape)}]",
                nameof(samples));
        }
        Check(samples, metric, nameof(samples));
        Check(reference, metric, nameof(reference));
    }

    /// <summary>[N, D] and finite; the first row that is not is named.</summary>
    public static void CheckFinite(Tensor points, string metric, string name)
    {
        using var scope = NewDisposeScope();
        var faulty = points.isfinite().all(1).logical_not().nonzero();
        if (faulty.shape[0] == 0) return;
        throw new InputException(metric, $"row {faulty[0, 0].item<long>()} of the {name}", "a value that is not finite", "finite numbers");
    }

    /// <summary>Not empty and finite.</summary>
    public static void Check(Tensor points, string metric, string name)
    {
        if (points.shape[0] == 0) throw new InputException(metric, name, "none", "at least 1");
        CheckFinite(points, metric, name);
    }
}
