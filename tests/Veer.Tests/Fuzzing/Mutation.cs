using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Veer.Tests.Fuzzing;

/// <summary>Changes that files suffer, or that somebody makes to harm a reader; the same for the same random numbers.</summary>
internal static class Mutation
{
    private const int MostSteps = 3, MostInserted = 16;

    private static readonly byte[] Bytes = [0, 1, 0x7F, 0x80, 0xC0, 0xFF, (byte)'0', (byte)'9', (byte)'-', (byte)'"', (byte)'{', (byte)'[', (byte)',', (byte)'/', (byte)'\\', (byte)'\n'];

    private static readonly ulong[] Numbers = [0, 1, 2, 7, 64, 255, 256, 1000, 32767, 65535, 65536, int.MaxValue, uint.MaxValue, 1UL << 40, long.MaxValue, ulong.MaxValue];

    // what stands in headers and documents, and what does not belong there
    private static readonly string[] Words =
    [
        "null", "true", "false", "0", "-1", "1e999", "1.5", "4294967296", "9223372036854775807", "18446744073709551616", "999999", "\"\"", "{}", "[]", "[[[", "\"\\ud800\"", "\"\\u0000\"",
        "'<f8'", "'<f4'", "'|u1'", "'|O'", "'>i4'", "True", "False", "(1,)", "(3, 4)", "()", "dtype", "shape", "F64", "BOOL", "labels", "../", "./", "\\", "NaN", "__metadata__",
    ];

    /// <summary>A changed copy.</summary>
    /// <param name="random">What decides.</param>
    /// <param name="whole">The bytes to change.</param>
    /// <param name="other">Bytes of another such file, parts of which may be taken.</param>
    public static byte[] Of(Random random, byte[] whole, byte[] other)
    {
        byte[] changed = whole;
        for (int step = random.Next(1, MostSteps + 1); step > 0; step--) changed = Once(random, changed, other);
        return changed;
    }

    private static byte[] Once(Random random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0) return other;
        int at = random.Next(bytes.Length), length = Math.Min(random.Next(1, 1 + (random.Next(4) == 0 ? bytes.Length : 32)), bytes.Length - at);
        switch (random.Next(12))
        {
            case 0:
                return Changed(bytes, copy => copy[at] ^= (byte)(1 << random.Next(8)));
            case 1:
                return Changed(bytes, copy => copy[at] = (byte)random.Next(256));
            case 2:
                return Changed(bytes, copy => copy[at] = Bytes[random.Next(Bytes.Length)]);
            case 3:
                return bytes[..at];
            case 4:
                var inserted = new byte[random.Next(1, MostInserted)];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 6:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 7:
                return Changed(bytes, copy => Overwrite(random, copy.AsSpan(at)));
            case 8:
                int from = random.Next(other.Length + 1);
                return [.. bytes[..at], .. other[from..]];
            case 9:
                int start = random.Next(other.Length + 1), end = Math.Min(other.Length, start + length);
                return [.. bytes[..at], .. other[start..end], .. bytes[Math.Min(bytes.Length, at + end - start)..]];
            case 10:
                return OtherNumber(random, bytes, at);
            default:
                byte[] word = Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]);
                return [.. bytes[..at], .. word, .. bytes[Math.Min(bytes.Length, at + (random.Next(2) * word.Length))..]];
        }
    }

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        byte[] copy = [.. bytes];
        change(copy);
        return copy;
    }

    /// <summary>A length or a count of a binary header, in either order of bytes.</summary>
    private static void Overwrite(Random random, Span<byte> target)
    {
        ulong number = Numbers[random.Next(Numbers.Length)];
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        int size = 1 << random.Next(1, 4);
        bool big = random.Next(2) == 0;
        if (big) BinaryPrimitives.WriteUInt64BigEndian(field, number);
        else BinaryPrimitives.WriteUInt64LittleEndian(field, number);
        var bytes = big ? field[^size..] : field[..size];
        bytes[..Math.Min(size, target.Length)].CopyTo(target);
    }

    /// <summary>Another number in the place of the digits that follow, as in the shape of a header or the numbers of a document.</summary>
    private static byte[] OtherNumber(Random random, byte[] bytes, int at)
    {
        int first = Array.FindIndex(bytes, at, value => char.IsAsciiDigit((char)value));
        if (first < 0) return bytes[..at];
        int last = first;
        while (last < bytes.Length && char.IsAsciiDigit((char)bytes[last])) last++;
        ulong number = random.Next(2) == 0 ? (ulong)random.Next(20) : Numbers[random.Next(Numbers.Length)];
        return [.. bytes[..first], .. Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), .. bytes[last..]];
    }
}
