using Veer.Features;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>The pixels' sums over each image's channels and rows, and how many images were asked for.</summary>
internal sealed class CountingSpace : IFeatureSpace
{
    public string Name { get; init; } = "sums";

    public string Fingerprint { get; init; } = "none";

    public string Description { get; init; } = "";

    public int Size { get; init; } = 4;

    public long Seen { get; private set; }

    public bool Disposed { get; private set; }

    public Tensor Features(Tensor images, IProgress<double>? progress, CancellationToken cancellation)
    {
        Seen += images.shape[0];
        return ImageBatches.Map(images, [2, 3, 4], Name, batch => batch.sum([1, 2]), progress, batchSize: 100, cancellation);
    }

    public void Dispose() => Disposed = true;
}
