using System.Diagnostics;
using System.IO.Compression;
using Veer.Data;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Data;

/// <summary>Long readings end soon after they are asked to, wherever they are.</summary>
public sealed class CancellationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_that_unpacks_for_long_is_left_in_the_middle()
    {
        const int Length = 1 << 28;
        using (var zip = new GZipStream(File.Create(folder.File("a-images-idx3-ubyte")), CompressionLevel.Fastest))
        {
            zip.Write(IdxFile.Images([], Length / 1024, 32, 32));
            var zeros = new byte[1 << 20];
            for (int i = 0; i < Length / zeros.Length; i++) zip.Write(zeros);
        }
        using var stop = new CancellationTokenSource();
        var stream = IdxStream.OpenImages(folder.File("a-images-idx3-ubyte"), stop.Token);
        stream.Read(new byte[1 << 20]);
        stop.Cancel();
        var clock = Stopwatch.StartNew();
        using (stream) Assert.ThrowsAny<OperationCanceledException>(() => stream.Read(new byte[1 << 26]));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}");
    }

    [Fact]
    public void Images_are_left_between_two_of_them()
    {
        using var stop = new CancellationTokenSource();
        var set = ImageData.Open(SampleImages.Folder(folder.File("set")), stop.Token).Part(null);
        int seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var batch in set.Read(1, stop.Token))
            {
                seen += batch.Count;
                stop.Cancel();
            }
        });
        Assert.Equal(1, seen);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("a.zip")]
    public void Listing_ends(string name)
    {
        if (name == "set") SampleImages.Folder(folder.File(name));
        else SampleImages.Zip(folder.File(name));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageData.Open(folder.File(name), new CancellationToken(true)));
        Assert.ThrowsAny<OperationCanceledException>(() => FolderTree.Files(folder.Path, new CancellationToken(true)));
    }

    [Fact]
    public void Sorting_of_names_ends()
    {
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => ImageNames.InOrder(Names(), stop.Token));

        IEnumerable<string> Names()
        {
            for (int i = 0; i < 100; i++) yield return $"{i}";
            stop.Cancel();
        }
    }

    [Fact]
    public void A_set_loaded_whole_and_an_npz_end()
    {
        var stop = new CancellationToken(true);
        Assert.ThrowsAny<OperationCanceledException>(() => ImageData.Open(SampleImages.Npz(folder.File("a.npz"))).Part(null).Load(null, stop));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageData.Open(SampleImages.Cifar(folder.File("cifar"))).Part(true).Load(null, stop));
    }
}
