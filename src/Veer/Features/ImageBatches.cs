using Veer.Data;

namespace Veer.Features;

/// <summary>Brings images to an extractor in the one way that all share: checked, quantised, a batch at a time, without gradients.</summary>
internal static class ImageBatches
{
    /// <summary>Images of a batch where an extractor says nothing else.</summary>
    public const long Usual = 500;

    /// <summary>What an extractor says of images, row by row.</summary>
    /// <param name="images">[N, C, H, W], N at least 1, of a shape that it sees.</param>
    /// <param name="extractor">Its name, for errors.</param>
    /// <param name="extract">Gives [B, ...] for [B, C, H, W] float32.</param>
    /// <param name="progress">Told the share of images seen, 0 to 1.</param>
    /// <param name="batchSize">B at most.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InputException">A value is not finite.</exception>
    public static Tensor Map(
        Tensor images, string extractor, Func<Tensor, Tensor> extract, IProgress<double>? progress = null, long batchSize = Usual,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        CheckFinite(images, extractor);
        var results = new List<Tensor>();
        long count = images.shape[0];
        for (long first = 0; first < count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            long rows = Math.Min(batchSize, count - first);
            results.Add(extract(ImageQuantization.Apply(images.narrow(0, first, rows))).MoveToOuterDisposeScope());
            progress?.Report((double)(first + rows) / count);
        }
        return cat(results).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses images that are none or of another shape.</summary>
    /// <param name="images">[N, C, H, W], N at least 1.</param>
    /// <param name="shape">What one image's shape must be: [C, H, W]; -1 in the error's place of any.</param>
    /// <param name="extractor">Who asks, for the error.</param>
    public static void RequireShape(Tensor images, long[] shape, string extractor)
    {
        if (images.dim() == 4 && images.shape.AsSpan(1).SequenceEqual(shape) && images.shape[0] > 0) return;
        string wanted = string.Join(", ", shape.Zip(["C", "H", "W"], (side, name) => side < 0 ? name : FormattableString.Invariant($"{side}")));
        throw new InputException(extractor, "images", $"[{string.Join(", ", images.shape)}]", $"[N, {wanted}], N at least 1");
    }

    /// <summary>Refuses images that have no bytes; the first of them is named.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="extractor">Who asks, for the error.</param>
    public static void CheckFinite(Tensor images, string extractor)
    {
        using var scope = NewDisposeScope();
        var faulty = images.isfinite().flatten(1).all(1).logical_not().nonzero();
        if (faulty.shape[0] > 0)
            throw new InputException(extractor, $"image {faulty[0, 0].item<long>()}", "a value that is not finite", "numbers from -1 to 1");
    }
}
