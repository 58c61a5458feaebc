using Veer.Data;

namespace Veer.Features;

/// <summary>
/// Where images are compared: an extractor that turns each into a vector of features. One of your own says a name, a size and how it extracts;
/// whoever asks checks and quantises the images first (<see cref="ImageQuantization"/>), so that generated numbers and the bytes of a data set
/// are seen alike, and brings them a batch at a time.
/// </summary>
/// <remarks>Features belong to the caller. A space may be asked on one thread at a time, unless it says otherwise.</remarks>
public interface IFeatureSpace : IDisposable
{
    /// <summary>What the extractor is called in results: "pixels", "mnist-judge".</summary>
    string Name { get; }

    /// <summary>The SHA-256 of the extractor's file, 64 lower-case hexadecimal digits; "none" if it has no file.</summary>
    string Fingerprint { get; }

    /// <summary>All else that the features depend on, in one line; empty if there is nothing.</summary>
    string Description => "";

    /// <summary>How images are resized for the extractor, as results say it; "none" if they are not.</summary>
    string Resize => "none";

    /// <summary>D, the size of a feature vector.</summary>
    int Size { get; }

    /// <summary>The one data set that the extractor was made for ("mnist"); null if it serves any.</summary>
    string? For => null;

    /// <summary>Images of a batch, at most.</summary>
    long BatchSize => ImageBatches.Usual;

    /// <summary>Refuses images that it cannot see.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <exception cref="InputException">There are none, or they are of another shape.</exception>
    void Check(Tensor images) => ImageBatches.RequireShape(images, images.dim() == 4 ? images.shape[1..] : [-1, -1, -1], Name);

    /// <summary>The features of a batch.</summary>
    /// <param name="images">[B, C, H, W] float32, finite, quantised, in [-1, 1]; without gradients.</param>
    /// <returns>[B, D] float32, on whatever device they were made.</returns>
    Tensor Extract(Tensor images);

    /// <summary>The features of images.</summary>
    /// <param name="images">[N, C, H, W] in [-1, 1], on any device.</param>
    /// <param name="progress">Told the share of images seen, 0 to 1, if not null.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>[N, D] float32, on a device that the space chooses.</returns>
    /// <exception cref="InputException">There are none, they are of another shape, or a value is not finite.</exception>
    Tensor Features(Tensor images, IProgress<double>? progress, CancellationToken cancellation)
    {
        Check(images);
        return ImageBatches.Map(images, Name, Extract, progress, BatchSize, cancellation);
    }
}
