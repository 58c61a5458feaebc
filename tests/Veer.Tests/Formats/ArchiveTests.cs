using System.Formats.Tar;
using System.IO.Compression;
using Veer.Formats;
using Xunit;

namespace Veer.Tests.Formats;

/// <summary>Archives that try what a careless reader would let them do.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_backslash_is_called_by_its_name() =>
        Refusal.Of(() => EntryName.Check("set.tar.gz", "0\\a.png"), "expected a relative path that stays inside the archive, with slashes and no backslash");

    public static TheoryData<string> NamesThatLeadOut() => ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "..\\evil", "a/.."];

    [Theory]
    [MemberData(nameof(NamesThatLeadOut))]
    public void A_name_that_leads_out_is_refused(string name) =>
        Refusal.Of(() => EntryName.Check("set.zip", name), $"set.zip: entry: found {name}, expected a relative path that stays inside the archive");

    [Theory]
    [InlineData("a.png")]
    [InlineData("00000/img..png")]
    [InlineData("./a/b.png")]
    [InlineData("a..b/c")]
    public void A_name_that_stays_inside_is_taken(string name) => EntryName.Check("set.zip", name);

    [Fact]
    public void A_tar_is_unpacked_with_its_folders()
    {
        string archive = Tar(("cifar/readme.html", TarEntryType.RegularFile), ("cifar/deep/a.bin", TarEntryType.RegularFile));
        TarFolder.Unpack(archive, folder.File("out"), 1000, TestContext.Current.CancellationToken);
        Assert.Equal("cifar/deep/a.bin", File.ReadAllText(folder.File("out/cifar/deep/a.bin")));
        Assert.True(File.Exists(folder.File("out/cifar/readme.html")));
    }

    [Theory]
    [MemberData(nameof(NamesThatLeadOut))]
    public void A_tar_that_leads_out_writes_nothing_outside(string name)
    {
        string archive = Tar((name, TarEntryType.RegularFile));
        Refused(archive, 1000, $"entry: found {name}");
        Assert.Equal([archive], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_tar_with_links_too_many_bytes_or_damage_is_refused()
    {
        Refused(Tar(("link", TarEntryType.SymbolicLink)), 1000, "link: found an entry of type SymbolicLink, expected files and folders only");
        Refused(Tar(("a-file-of-many-bytes", TarEntryType.RegularFile)), 10, "a-file-of-many-bytes: found 20 bytes");
        Refused(folder.File("text.tar.gz", "no tar at all"u8.ToArray()), 1000, "file: found damaged data, expected a whole .tar.gz");
        Refused(Tar(("a", TarEntryType.RegularFile), ("a/b", TarEntryType.RegularFile)), 1000, "a/b: found a file and a folder of one name");
        Refused(Tar(("c/b", TarEntryType.RegularFile), ("c", TarEntryType.RegularFile)), 1000, "c: found a file and a folder of one name");
        Refused(Tar(("d/", TarEntryType.RegularFile)), 1000, "d/: found a file and a folder of one name");
        // the first entry, where there is no folder yet
        Directory.Delete(folder.File("out"), recursive: true);
        Refused(Tar((".", TarEntryType.RegularFile)), 1000, ".: found a file and a folder of one name");
        // a size of eighty bits, which faulty bytes in the place of the number say
        byte[] endless = Convert.FromBase64String(
            "H4sIAAAAAAAAA+3Oyw2AQAhF0ac2YgX6CBHq0RL8rC19jK5sYByT4WyAFXcYF+RGkgakdC/kc78mSYVMSnETNwdpKoqe2csAHNs+r+Anv36oabvSCZVLZ+mCEAKqdAFkvGhOAAgAAA==");
        Refused(folder.File("endless.tar.gz", endless), 1000, "endless.tar.gz: file: found damaged data, expected a whole .tar.gz");
        byte[] whole = File.ReadAllBytes(Tar(("a", TarEntryType.RegularFile)));
        Refused(folder.File("cut.tar.gz", whole[..(whole.Length / 2)]), 1000, "cut.tar.gz: ");
    }

    [Fact]
    public void An_entry_that_claims_an_absurd_size_is_refused_before_memory_is_taken()
    {
        byte[] zip = Zip("a.png", new byte[100]);
        // the uncompressed size in the directory at the end, 24 bytes into its record (APPNOTE 4.3.12)
        int record = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(record + 24), 4_000_000_000u);
        using var input = ZipInput.Open(folder.File("lie.zip", zip), "a zip");
        Refusal.Of(() => input.Read(input.Entries[0], int.MaxValue), "lie.zip: a.png: found ", "packed bytes for 4000000000, expected an entry that fits its file");
    }

    [Fact]
    public void An_entry_that_goes_on_after_its_claim_or_has_other_bytes_is_refused()
    {
        byte[] zip = Zip("a.png", [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        int record = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        byte[] shorter = [.. zip];
        BitConverter.TryWriteBytes(shorter.AsSpan(record + 24), 50u);
        using (var input = ZipInput.Open(folder.File("short.zip", shorter), "a zip"))
            Refusal.Of(() => input.Read(input.Entries[0], 1000), "short.zip: a.png: found ");
        byte[] other = [.. zip];
        other[record + 16] ^= 1; // the checksum
        using (var input = ZipInput.Open(folder.File("other.zip", other), "a zip"))
            Refusal.Of(() => input.Read(input.Entries[0], 1000), "other.zip: a.png: found a wrong checksum");
        using (var input = ZipInput.Open(folder.File("large.zip", zip), "a zip"))
            Refusal.Of(() => input.Read(input.Entries[0], 99), "large.zip: a.png: found 100 bytes, expected at most 99");
    }

    private void Refused(string archive, long most, string message)
    {
        Refusal.Of(() => TarFolder.Unpack(archive, folder.File("out"), most, TestContext.Current.CancellationToken), message);
    }

    /// <summary>A .tar.gz whose files have their names as content.</summary>
    private string Tar(params (string Name, TarEntryType Type)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Optimal))
        using (var tar = new TarWriter(zip))
        {
            foreach (var (name, type) in entries)
            {
                var entry = new PaxTarEntry(type, name);
                if (type == TarEntryType.SymbolicLink) entry.LinkName = "/etc/passwd";
                else entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(name));
                tar.WriteEntry(entry);
            }
        }
        return folder.File("a.tar.gz", memory.ToArray());
    }

    private static byte[] Zip(string name, byte[] content)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }
        return memory.ToArray();
    }
}
