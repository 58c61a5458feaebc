using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Veer.Data;

/// <summary>Rows by a hash of their numbers, so that equal ones are found among any number: of images that of their bytes.</summary>
internal sealed class RowHashes
{
    private const long Batch = 1024;

    private readonly UInt128[] hashes;
    private readonly HashSet<UInt128> all;

    private RowHashes(UInt128[] hashes) => (this.hashes, all) = (hashes, [.. hashes]);

    /// <summary>Number of rows.</summary>
    public int Count => hashes.Length;

    /// <summary>Rows that another before them is equal to.</summary>
    public int Repeated => hashes.Length - all.Count;

    /// <summary>Hashes the rows of points.</summary>
    /// <param name="points">[N, D] float32, or images [N, C, H, W] in [-1, 1].</param>
    /// <param name="cancellation">Checked between batches of rows.</param>
    public static RowHashes Compute(Tensor points, CancellationToken cancellation)
    {
        var hashes = new UInt128[points.shape[0]];
        for (long first = 0; first < hashes.Length; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = (int)first, count = (int)Math.Min(Batch, hashes.Length - first);
            byte[] bytes;
            using (NewDisposeScope())
            {
                var some = points.narrow(0, first, count).detach();
                // -0 and 0 are one number
                bytes = (some.dim() == 4 ? ImageQuantization.ToBytes(some) : some + 0f).cpu().contiguous().bytes.ToArray();
            }
            int size = bytes.Length / count;
            Parallel.For(0, count, i => hashes[start + i] = Hash(bytes.AsSpan(i * size, size)));
        }
        return new RowHashes(hashes);
    }

    /// <summary>Rows that are equal to one of another set.</summary>
    public int In(RowHashes other) => hashes.Count(other.all.Contains);

    private static UInt128 Hash(ReadOnlySpan<byte> row)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(row, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
