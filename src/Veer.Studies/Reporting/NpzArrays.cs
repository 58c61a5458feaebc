using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Veer.Studies.Reporting;

/// <summary>Reads the arrays of an .npz file (NumPy: a zip of .npy entries; little-endian f4, f8, i8 and i4, C order).</summary>
internal static partial class NpzArrays
{
    public static Dictionary<string, NumericArray> Read(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            return zip.Entries.ToDictionary(entry => Path.GetFileNameWithoutExtension(entry.Name), entry => ReadArray(entry, path));
        }
        catch (InvalidDataException)
        {
            throw new InputException($"{path}: not a readable .npz file (a zip of .npy arrays)");
        }
    }

    private static NumericArray ReadArray(ZipArchiveEntry entry, string path)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] file = memory.ToArray();
        if (file.Length < 12 || file[0] != 0x93) throw new InputException(path, entry.Name, "no NumPy header", "an .npy array");
        bool wide = file[6] > 1;
        int start = wide ? 12 : 10;
        int length = wide ? BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        string header = Encoding.Latin1.GetString(file, start, Math.Min(length, file.Length - start));
        var match = Header().Match(header);
        if (!match.Success) throw new InputException(path, entry.Name, header.Trim(), "a C-ordered array of <f4, <f8, <i4 or <i8");
        int[] shape = [.. match.Groups["side"].Captures.Select(side => int.Parse(side.ValueSpan, Text.Invariant))];
        int count = shape.Aggregate(1, (product, side) => product * side);
        string type = match.Groups["type"].Value;
        int size = type[1] - '0';
        var data = file.AsMemory(start + length);
        if (data.Length != (long)count * size) throw new InputException(path, entry.Name, $"{data.Length} bytes", $"{(long)count * size} bytes");
        return new NumericArray([.. Enumerable.Range(0, count).Select(i => Number(data.Span[(i * size)..], type))], shape);
    }

    private static float Number(ReadOnlySpan<byte> bytes, string type) => type switch
    {
        "f4" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "i4" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    [GeneratedRegex(@"'descr':\s*'<(?<type>[fi][48])',\s*'fortran_order':\s*False,\s*'shape':\s*\((?:(?<side>\d+),?\s*)*\)")]
    private static partial Regex Header();
}
