using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Veer.Formats;

/// <summary>
/// The header of a .npy array: magic, version, length, then a Python dictionary with the keys descr, fortran_order and shape
/// (NumPy's format specification, versions 1.0 to 3.0).
/// </summary>
/// <param name="Type">Element type.</param>
/// <param name="Fortran">True where the first index runs fastest.</param>
/// <param name="Shape">Sides, the slowest index first; empty for a scalar.</param>
internal sealed partial record NpyHeader(ScalarType Type, bool Fortran, long[] Shape)
{
    private const int MaxLength = 1 << 16;
    private const int MaxRank = 64;
    private const int Alignment = 64;

    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static readonly (string Code, ScalarType Type)[] Types =
    [
        ("f4", ScalarType.Float32), ("f8", ScalarType.Float64), ("f2", ScalarType.Float16),
        ("i8", ScalarType.Int64), ("i4", ScalarType.Int32), ("i2", ScalarType.Int16),
        ("i1", ScalarType.Int8), ("u1", ScalarType.Byte), ("b1", ScalarType.Bool),
    ];

    private static string Supported => string.Join(", ", Types.Select(type => ElementType.NameOf(type.Type)));

    /// <summary>Whether .npy has this element type (it has no bfloat16).</summary>
    public static bool CanHold(ScalarType type) => Types.Any(entry => entry.Type == type);

    /// <summary>Reads a header; the stream then stands at the first element.</summary>
    /// <param name="stream">The array file.</param>
    /// <param name="place">For errors.</param>
    /// <param name="length">Bytes that the header took.</param>
    public static NpyHeader Read(Stream stream, InputPlace place, out long length)
    {
        Span<byte> start = stackalloc byte[Magic.Length + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Magic))
            throw place.Fault("other bytes than NumPy's magic", "an array in .npy format");
        int version = start[Magic.Length];
        if (version is < 1 or > 3) throw place.Fault($".npy version {version}", "version 1, 2 or 3");
        Span<byte> field = stackalloc byte[version == 1 ? sizeof(ushort) : sizeof(uint)];
        stream.ReadExactly(field);
        uint size = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(field) : BinaryPrimitives.ReadUInt32LittleEndian(field);
        if (size > MaxLength) throw place.Fault($"a header of {size} bytes", $"at most {MaxLength}");
        var text = new byte[size];
        stream.ReadExactly(text);
        length = start.Length + field.Length + size;
        return Parse(Encoding.Latin1.GetString(text), place);
    }

    /// <summary>The header as NumPy writes it: padded so that the elements start at a multiple of 64 bytes.</summary>
    public byte[] ToBytes()
    {
        var (code, _) = Types.First(type => type.Type == Type);
        string sides = string.Join(", ", Shape.Select(side => side.ToString(CultureInfo.InvariantCulture)));
        string order = code[1] == '1' ? "|" : "<";
        string fortran = Fortran ? "True" : "False";
        if (Shape.Length == 1) sides += ",";
        string dictionary = $"{{'descr': '{order}{code}', 'fortran_order': {fortran}, 'shape': ({sides}), }}";
        int before = Magic.Length + 2 + sizeof(ushort);
        int total = (before + dictionary.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[total];
        Magic.CopyTo(bytes, 0);
        bytes[Magic.Length] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(Magic.Length + 2), (ushort)(total - before));
        Encoding.ASCII.GetBytes(dictionary.PadRight(total - before - 1) + '\n', bytes.AsSpan(before));
        return bytes;
    }

    private static NpyHeader Parse(string text, InputPlace place)
    {
        var match = Dictionary().Match(text);
        var keys = match.Groups["key"].Captures.Select(capture => capture.Value);
        var fields = new Dictionary<string, string>();
        foreach (var (key, value) in keys.Zip(match.Groups["value"].Captures)) fields[key] = value.Value;
        if (!match.Success || fields.Count != 3)
            throw place.Fault("an unreadable .npy header", "a dictionary with descr, fortran_order and shape");
        return new NpyHeader(ParseType(fields["descr"], place), fields["fortran_order"] == "True", ParseShape(fields["shape"], place));
    }

    private static ScalarType ParseType(string descr, InputPlace place)
    {
        string code = descr.Trim('\'');
        if (code.Contains('O')) throw place.Fault($"pickled Python objects ({code})", $"numbers: {Supported}");
        var known = Types.FirstOrDefault(type => code.Length == 3 && code.EndsWith(type.Code, StringComparison.Ordinal));
        if (known.Code is null) throw place.Fault($"elements of type {code}", $"one of {Supported}");
        return code[0] switch
        {
            '<' or '|' or '=' => known.Type,
            '>' when known.Code[1] != '1' => throw place.Fault($"big-endian {ElementType.NameOf(known.Type)} ({code})", "little-endian numbers"),
            '>' => known.Type,
            _ => throw place.Fault($"elements of type {code}", $"one of {Supported}"),
        };
    }

    private static long[] ParseShape(string tuple, InputPlace place)
    {
        var sides = tuple.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (sides.Length > MaxRank) throw place.Fault($"{sides.Length} dimensions", $"at most {MaxRank}");
        return [.. sides.Select(side => long.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw place.Fault($"shape {tuple}", "sides that fit 63 bits"))];
    }

    // whole and anchored: anything else than the three keys, in any order, is refused
    [GeneratedRegex(@"^\{\s*(?:'(?<key>descr|fortran_order|shape)'\s*:\s*"
        + @"(?<value>'[^']*'|\[.*\]|True|False|\([\d\s,]*\))\s*(?:,\s*|(?=\})))+\}\s*$")]
    private static partial Regex Dictionary();
}
