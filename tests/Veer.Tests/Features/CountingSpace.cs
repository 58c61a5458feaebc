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

    public long BatchSize => 100;

    public void Check(Tensor images) => ImageBatches.RequireShape(images, [2, 3, 4], Name);

    public Tensor Extract(Tensor images)
    {
        Seen += images.shape[0];
        return images.sum([1, 2]);
    }

    public void Dispose() => Disposed = true;
}
