namespace Veer.Data;

/// <summary>What a set of images holds, after every image of it was read and decoded.</summary>
/// <param name="PerClass">Number of images of each class.</param>
public sealed record ImageSummary(IReadOnlyList<long> PerClass)
{
    /// <summary>Goes through a set, holding one batch at a time.</summary>
    /// <param name="set">The images.</param>
    /// <param name="seen">Is handed every batch, if given.</param>
    /// <param name="progress">Is told the share that is read, 0 to 1.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <exception cref="InputException">An image or label is faulty.</exception>
    public static ImageSummary Create(
        ImageSet set, Action<ImageBatch>? seen = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var perClass = new long[set.Classes];
        long read = 0;
        foreach (var batch in set.Read(cancellation: cancellation))
        {
            foreach (int label in batch.Labels) perClass[label]++;
            seen?.Invoke(batch);
            read += batch.Count;
            progress?.Report(read / (double)set.Count);
        }
        return new ImageSummary(perClass);
    }
}
