using System.Text;
using Veer.Formats;
using Xunit;

namespace Veer.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Makes_the_folder_and_writes_the_text_without_a_byte_order_mark()
    {
        string path = Path.Combine(folder.Path, "a", "b", "text.json");
        AtomicFile.WriteText(path, "é\n");
        Assert.Equal("é\n"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Replaces_an_old_file_and_what_a_killed_writer_left_beside_it()
    {
        string path = folder.File("x", new byte[1000]);
        folder.File(".x.partial", new byte[2000]);
        string own = folder.File("x.partial", [1]);
        AtomicFile.WriteText(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path, own], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_leads_to_the_file_that_is_written()
    {
        string target = folder.File("target", [1]), link = Path.Combine(folder.Path, "link");
        File.CreateSymbolicLink(link, "target");
        AtomicFile.WriteText(link, "new");
        Assert.Equal(("new", "target"), (File.ReadAllText(target), new FileInfo(link).LinkTarget));
    }

    [Fact]
    public void A_failing_write_leaves_the_old_file_and_nothing_beside_it()
    {
        string path = folder.File("x", "old"u8.ToArray());
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes("half"));
            throw new IOException("No space left on device");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_stands_until_the_new_one_is_whole()
    {
        string path = folder.File("x", "old"u8.ToArray());
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_second_writer_is_refused_and_does_not_disturb_the_first()
    {
        string path = folder.File("x");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("first"u8);
            Assert.Throws<IOException>(() => AtomicFile.WriteText(path, "second"));
        });
        Assert.Equal("first", File.ReadAllText(path));
    }

    [Fact]
    public void A_second_writer_of_a_folder_is_refused_and_the_first_one_keeps_its_files()
    {
        string path = folder.File("made");
        AtomicFolder.Write(path, first =>
        {
            File.WriteAllText(Path.Combine(first, "a"), "first");
            Assert.Throws<IOException>(() => AtomicFolder.Write(path, second => File.WriteAllText(Path.Combine(second, "b"), "second")));
        });
        Assert.Equal([Path.Combine(path, "a")], Directory.GetFiles(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = folder.File("file", []);
        var error = Assert.ThrowsAny<IOException>(() => AtomicFile.WriteText(Path.Combine(file, "x"), ""));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_an_error_that_names_the_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        // the partial file is a link to the device that is always full
        string path = folder.File("x", "old"u8.ToArray());
        File.CreateSymbolicLink(folder.File(".x.partial"), "/dev/full");
        var error = Assert.ThrowsAny<IOException>(() => AtomicFile.WriteText(path, "new"));
        Assert.Contains("x.partial", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }
}
