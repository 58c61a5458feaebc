using Veer.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plain_and_gzipped_files_are_read(bool zipped)
    {
        byte[] Pack(byte[] file) => zipped ? IdxFile.Zip(file) : file;
        var images = Idx.ReadImages(folder.File("images", Pack(IdxFile.Images([1, 2, 3, 4, 5, 255, 7, 8, 9, 10, 11, 12], 2, 3, 2))));
        Assert.Equal(ScalarType.Byte, images.dtype);
        Assert.Equal([2, 3, 2], images.shape);
        Assert.Equal([1, 2, 3, 4, 5, 255, 7, 8, 9, 10, 11, 12], images.bytes.ToArray());
        var labels = Idx.ReadLabels(folder.File("labels", Pack(IdxFile.Labels(3, 1))));
        Assert.Equal([2], labels.shape);
        Assert.Equal([3, 1], labels.bytes.ToArray());
    }

    [Fact]
    public void The_wrong_kind_of_file_is_refused()
    {
        string labels = folder.File("labels", IdxFile.Labels([.. new byte[20]]));
        string images = folder.File("images", IdxFile.Images([1], 1, 1, 1));
        Refusal.Of(() => Idx.ReadImages(labels), "labels: file: found magic number 2049, expected 2051 (IDX images)");
        Refusal.Of(() => Idx.ReadLabels(images), "images: file: found magic number 2051, expected 2049 (IDX labels)");
        Refusal.Of(() => Idx.ReadLabels(folder.File("none.gz")), "none.gz: file: found no such file, expected IDX labels");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_cut_and_every_extra_byte_is_refused(bool zipped)
    {
        byte[] Pack(byte[] file) => zipped ? IdxFile.Zip(file) : file;
        byte[] whole = IdxFile.Images([1, 2, 3, 4], 1, 2, 2);
        for (int length = 0; length < whole.Length; length++)
            Refusal.Of(() => Idx.ReadImages(folder.File("cut", Pack(whole[..length]))), "cut: file: found a file ");
        Refusal.Of(
            () => Idx.ReadImages(folder.File("long", Pack([.. whole, 0]))),
            "found bytes after the last element, expected 1 x 2 x 2 elements");
    }

    [Fact]
    public void A_gzip_file_that_breaks_off_or_is_damaged_is_refused()
    {
        byte[] pixels = [.. Enumerable.Range(0, 28 * 28).Select(i => (byte)(i * i * 31 >> 3))];
        byte[] zip = IdxFile.Zip(IdxFile.Images(pixels, 1));
        Refusal.Of(
            () => Idx.ReadImages(folder.File("cut.gz", zip[..(zip.Length / 2)])),
            "found a file that breaks off, expected whole IDX images");
        zip[^6] ^= 1; // in the checksum
        Refusal.Of(() => Idx.ReadImages(folder.File("bad.gz", zip)), "found damaged gzip data, expected whole IDX images");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_count_that_the_file_cannot_hold_is_refused_before_memory_is_taken(bool zipped)
    {
        byte[] file = IdxFile.Make(2051, [100_000, 1000, 1000], []);
        Refusal.Of(
            () => Idx.ReadImages(folder.File("a", zipped ? IdxFile.Zip(file) : file)),
            "found a file of ", "expected 100000 x 1000 x 1000 elements");
        byte[] overflow = IdxFile.Make(2051, [int.MaxValue, int.MaxValue, int.MaxValue], []);
        Refusal.Of(() => Idx.ReadImages(folder.File("b", overflow)), "2147483647 x 2147483647 x 2147483647 elements");
    }
}
