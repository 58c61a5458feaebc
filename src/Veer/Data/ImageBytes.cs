namespace Veer.Data;

/// <summary>Images as the bytes that files hold, one after the other.</summary>
internal static class ImageBytes
{
    private const long Batch = 256;

    /// <summary>The bytes of each image: [height, width, channels], or planes [channels, height, width].</summary>
    /// <param name="points">[N, channels, height, width] in [-1, 1].</param>
    /// <param name="planes">Whether channels come one after the other.</param>
    public static IEnumerable<byte[]> Rows(Tensor points, bool planes = false)
    {
        for (long first = 0; first < points.shape[0]; first += Batch)
        {
            long count = Math.Min(Batch, points.shape[0] - first);
            byte[] bytes;
            using (NewDisposeScope())
            {
                var some = ImageQuantization.ToBytes(points.narrow(0, first, count)).cpu();
                bytes = (planes ? some : some.permute(0, 2, 3, 1)).contiguous().bytes.ToArray();
            }
            int size = bytes.Length / (int)count;
            for (int i = 0; i < count; i++) yield return bytes[(i * size)..((i + 1) * size)];
        }
    }
}
