using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Veer.Runtime;

/// <summary>
/// A symbol version that an ELF library asks of another library (System V gABI, "Symbol Versioning": Elf64_Verneed, Elf64_Vernaux).
/// </summary>
/// <param name="Library">Whom it asks, such as libstdc++.so.6.</param>
/// <param name="Version">What for, such as GLIBCXX_3.4.32.</param>
/// <param name="Weak">Whether the loader accepts a library without it.</param>
/// <param name="FlagsOffset">Where the entry's flags stand in the file, in bytes.</param>
internal sealed record VersionNeed(string Library, string Version, bool Weak, long FlagsOffset)
{
    private const uint SectionVersionNeed = 0x6ffffffe;
    private const ushort FlagWeak = 0x2;

    /// <summary>All version needs of a 64-bit little-endian ELF library.</summary>
    public static IReadOnlyList<VersionNeed> Read(string path)
    {
        byte[] elf = File.ReadAllBytes(path);
        int sections = (int)ReadInt64LittleEndian(elf.AsSpan(0x28));
        int entrySize = ReadUInt16LittleEndian(elf.AsSpan(0x3a)), count = ReadUInt16LittleEndian(elf.AsSpan(0x3c));
        var needs = new List<VersionNeed>();
        for (int s = 0; s < count; s++)
        {
            int header = sections + s * entrySize;
            if (Word(elf, header + 4) != SectionVersionNeed) continue;
            int names = ContentOf(elf, sections + (int)Word(elf, header + 0x28) * entrySize);
            foreach (int need in Chain(elf, ContentOf(elf, header)))
            {
                string library = Name(elf, names + (int)Word(elf, need + 4));
                foreach (int aux in Chain(elf, need + (int)Word(elf, need + 8)))
                {
                    bool weak = (ReadUInt16LittleEndian(elf.AsSpan(aux + 4)) & FlagWeak) != 0;
                    needs.Add(new(library, Name(elf, names + (int)Word(elf, aux + 8)), weak, aux + 4));
                }
            }
        }
        return needs;
    }

    // Entries are chained by the distance to the next one; the last says 0. Verneed and Vernaux keep it at the same place.
    private static IEnumerable<int> Chain(byte[] elf, int first)
    {
        for (int at = first, step = -1; step != 0; at += step)
        {
            yield return at;
            step = (int)Word(elf, at + 12);
        }
    }

    private static int ContentOf(byte[] elf, int sectionHeader) => (int)ReadInt64LittleEndian(elf.AsSpan(sectionHeader + 0x18));

    private static uint Word(byte[] elf, int at) => ReadUInt32LittleEndian(elf.AsSpan(at));

    private static string Name(byte[] elf, int at) => Encoding.ASCII.GetString(elf.AsSpan(at, elf.AsSpan(at).IndexOf((byte)0)));
}
