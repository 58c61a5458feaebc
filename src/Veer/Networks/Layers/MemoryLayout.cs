namespace Veer.Networks.Layers;

/// <summary>How a batch of images lies in memory.</summary>
internal static class MemoryLayout
{
    /// <summary>The same images [B, C, H, W], the channels of a pixel side by side.</summary>
    public static Tensor ChannelsLast(this Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
