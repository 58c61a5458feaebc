namespace Veer.Metrics;

/// <summary>
/// Mean and covariance of features that come in batches of any size, in float64 and in memory that does not grow with their number: the
/// pairwise update of Chan, Golub and LeVeque (1983), which loses no digits where the mean is far larger than the spread.
/// </summary>
public sealed class MomentAccumulator : IDisposable
{
    /// <summary>Rows widened to float64 at a time.</summary>
    private const long Chunk = 4096;

    private readonly Tensor mean, scatter;

    /// <param name="size">D, the size of a feature vector; at least 1.</param>
    /// <param name="device">Where the sums are kept; the CPU if not said.</param>
    public MomentAccumulator(long size, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        mean = zeros(size, ScalarType.Float64, device).DetachFromDisposeScope();
        scatter = zeros(size, size, ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>Samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Takes some more samples.</summary>
    /// <param name="features">[N, D] of any floating type and on any device; N may be 0.</param>
    /// <exception cref="ArgumentException">The features are of another size.</exception>
    /// <exception cref="InputException">A value is not finite; nothing of the batch is then taken.</exception>
    public void Add(Tensor features)
    {
        if (features.dim() != 2 || features.shape[1] != mean.shape[0])
        {
            throw new ArgumentException(
                $"moments want features [N, {mean.shape[0]}], not [{string.Join(", ", features.shape)}]", nameof(features));
        }
        PointSets.CheckFinite(features, "moments", nameof(features));
        using var quiet = no_grad();
        long rows = features.shape[0];
        for (long first = 0; first < rows; first += Chunk) AddChunk(features, first, Math.Min(Chunk, rows - first));
    }

    /// <summary>The moments of all samples so far: new tensors, which later samples leave alone.</summary>
    /// <exception cref="InputException">There are fewer than two samples.</exception>
    public FeatureMoments Moments()
    {
        if (Count < 2) throw new InputException("moments", "features", $"{Count}", "at least 2");
        using var whole = SymmetricProduct.Whole(scatter);
        return new(mean.clone(), whole / (Count - 1), Count);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        mean.Dispose();
        scatter.Dispose();
    }

    private void AddChunk(Tensor features, long first, long added)
    {
        using var scope = NewDisposeScope();
        long total = Count + added;
        var points = features.detach().narrow(0, first, added).to(mean.device).to(ScalarType.Float64);
        var centre = points.mean([0]);
        var centred = points - centre;
        var shift = centre - mean;
        SymmetricProduct.AddLower(scatter, centred);
        scatter.add_(outer(shift, shift), alpha: (double)Count * added / total);
        mean.add_(shift, alpha: (double)added / total);
        Count = total;
    }
}
