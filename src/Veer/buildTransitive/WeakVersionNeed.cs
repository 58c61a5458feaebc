using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF library and marks one of its symbol version needs as weak (VER_FLG_WEAK), so that the dynamic loader accepts a
/// system library without that version. Layout: System V gABI, "Symbol Versioning" (Elf64_Verneed, Elf64_Vernaux).
/// </summary>
public class WeakVersionNeed : Task
{
    private const uint SectionVersionNeed = 0x6ffffffe;
    private const ushort FlagWeak = 0x2;

    [Required] public string Source { get; set; } = "";
    [Required] public string Target { get; set; } = "";
    [Required] public string Version { get; set; } = "";

    public override bool Execute()
    {
        byte[] elf = File.ReadAllBytes(Source);
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("{0}: not a 64-bit little-endian ELF library", Source);
            return false;
        }

        int marked = MarkWeak(elf, Version);
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        string beside = Target + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(beside, elf);
        if (File.Exists(Target)) File.Delete(Target);
        File.Move(beside, Target);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} version need(s) {2} made weak", Target, marked, Version);
        return true;
    }

    private static int MarkWeak(byte[] elf, string version)
    {
        long sections = BitConverter.ToInt64(elf, 0x28);
        int entrySize = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c), marked = 0;
        for (int s = 0; s < count; s++)
        {
            int header = checked((int)(sections + (long)s * entrySize));
            if (BitConverter.ToUInt32(elf, header + 4) != SectionVersionNeed) continue;
            int names = Offset(elf, checked((int)(sections + BitConverter.ToUInt32(elf, header + 0x28) * (long)entrySize)));
            int need = Offset(elf, header);
            while (true)
            {
                int aux = need + (int)BitConverter.ToUInt32(elf, need + 8);
                while (true)
                {
                    if (Name(elf, names + (int)BitConverter.ToUInt32(elf, aux + 8)) == version)
                    {
                        elf[aux + 4] |= (byte)FlagWeak;
                        marked++;
                    }
                    int nextAux = (int)BitConverter.ToUInt32(elf, aux + 12);
                    if (nextAux == 0) break;
                    aux += nextAux;
                }
                int nextNeed = (int)BitConverter.ToUInt32(elf, need + 12);
                if (nextNeed == 0) break;
                need += nextNeed;
            }
        }
        return marked;
    }

    private static int Offset(byte[] elf, int sectionHeader) => checked((int)BitConverter.ToInt64(elf, sectionHeader + 0x18));

    private static string Name(byte[] elf, int at)
    {
        int end = Array.IndexOf(elf, (byte)0, at);
        return Encoding.ASCII.GetString(elf, at, end - at);
    }
}
