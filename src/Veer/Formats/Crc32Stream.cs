using System.Runtime.InteropServices;

namespace Veer.Formats;

/// <summary>Reads through another stream and keeps the CRC-32 of what passed: zip's checksum, which .NET does not verify.</summary>
internal sealed class Crc32Stream(Stream inner) : ForwardStream
{
    // reflected form of the IEEE 802.3 polynomial
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    private static readonly uint[][] Tables = MakeTables();
    private uint state = uint.MaxValue;

    /// <summary>CRC-32 of all bytes read so far.</summary>
    public uint Checksum => ~state;

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        state = Update(state, buffer[..count]);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Eight bytes a round, one table each (Kounavis and Berry, "slicing-by-8", 2005).</summary>
    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            ulong mixed = word ^ crc;
            crc = 0;
            for (int slice = 0; slice < Slices; slice++) crc ^= Tables[Slices - 1 - slice][(byte)(mixed >> (8 * slice))];
        }
        foreach (byte value in bytes[(words.Length * Slices)..]) crc = (crc >> 8) ^ Tables[0][(byte)(crc ^ value)];
        return crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[Slices][];
        for (int slice = 0; slice < Slices; slice++)
        {
            tables[slice] = new uint[256];
            for (uint value = 0; value < 256; value++)
            {
                uint crc = slice == 0 ? value : tables[slice - 1][value];
                for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc % 2 * Polynomial);
                tables[slice][value] = crc;
            }
        }
        return tables;
    }
}
