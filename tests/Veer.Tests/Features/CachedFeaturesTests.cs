using TorchSharp;
using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public sealed class CachedFeaturesTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly CountingSpace sums = new();

    private string Cache => folder.File("cache");

    private string[] Files => Directory.GetFiles(Cache, "*.safetensors");

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Features_are_computed_once_and_the_same_whoever_asks()
    {
        var images = Images(2345);
        var expected = sums.Features(images);
        using (var first = new CachedFeatures(sums, Cache)) Assert.True(AnyTensor.Same(expected, first.Features(images)));
        Assert.Equal(2 * 2345, sums.Seen);
        Assert.Equal(3, Files.Length);
        Assert.True(sums.Disposed);
        var other = new CountingSpace();
        using var second = new CachedFeatures(other, Cache);
        Assert.True(AnyTensor.Same(expected, second.Features(images)));
        // images that become the same bytes are the same images
        Assert.True(AnyTensor.Same(expected, second.Features(ImageQuantization.Apply(images))));
        Assert.Equal(0, other.Seen);
        // whole thousands that were seen before are not computed again
        second.Features(images.narrow(0, 0, 1500));
        Assert.Equal(500, other.Seen);
    }

    [Fact]
    public void Another_extractor_file_description_or_image_is_another_entry()
    {
        var images = Images(5);
        CountingSpace[] spaces = [sums, new() { Name = "other" }, new() { Fingerprint = "12ab" }, new() { Description = "halved" }];
        foreach (var space in spaces) new CachedFeatures(space, Cache).Features(images);
        new CachedFeatures(sums, Cache).Features(images.flip(0));
        Assert.All(spaces[1..], space => Assert.Equal(5, space.Seen));
        Assert.Equal(10, sums.Seen);
        Assert.Equal(5, Files.Length);
    }

    [Fact]
    public void A_file_that_is_torn_or_foreign_is_made_anew()
    {
        var cached = new CachedFeatures(sums, Cache);
        var images = Images(7);
        var expected = cached.Features(images);
        string file = Assert.Single(Files);
        byte[] whole = File.ReadAllBytes(file);
        var foreign = new Dictionary<string, Tensor> { ["features"] = zeros(7, 4) };
        var metadata = Safetensors.Read(file).Metadata;
        Action[] damages =
        [
            () => File.WriteAllBytes(file, whole[..^1]),
            () => File.WriteAllBytes(file, []),
            () => Safetensors.Write(file, foreign),
            () => Safetensors.Write(file, new Dictionary<string, Tensor> { ["features"] = zeros(7, 3) }, metadata),
            () => Safetensors.Write(file, new Dictionary<string, Tensor> { ["numbers"] = zeros(7, 4) }, metadata),
        ];
        for (int i = 0; i < damages.Length; i++)
        {
            damages[i]();
            Assert.True(AnyTensor.Same(expected, cached.Features(images)));
            Assert.Equal(7 * (i + 2), sums.Seen);
            Assert.Equal(whole, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_only_the_keeping()
    {
        folder.File("cache", [1]);
        var warnings = new List<string>();
        var images = Images(3);
        Assert.True(AnyTensor.Same(sums.Features(images), new CachedFeatures(sums, Cache, warnings.Add).Features(images)));
        Assert.StartsWith("features of sums are not kept: ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_that_of_the_whole_and_what_was_done_before_a_stop_is_kept()
    {
        var shares = new List<double>();
        using var stop = new CancellationTokenSource();
        var progress = new SynchronousProgress<double>(share =>
        {
            shares.Add(share);
            if (share > 0.55) stop.Cancel();
        });
        var cached = new CachedFeatures(sums, Cache);
        Assert.Throws<OperationCanceledException>(() => cached.Features(Images(2000), progress, stop.Token));
        Assert.Equal([0.05, 0.1, 0.15], shares[..3].Select(share => Math.Round(share, 9)));
        Assert.Equal(shares.Order(), shares);
        Assert.Single(Files);
    }

    [Fact]
    public void Images_that_are_none_are_refused_as_the_space_does()
    {
        var cached = new CachedFeatures(sums, Cache);
        Refusal.Of(() => cached.Features(zeros(0, 2, 3, 4)), "sums: images: found [0, 2, 3, 4], expected [N, 2, 3, 4]");
        Refusal.Of(() => cached.Features(zeros(3, 4)), "sums: images: found [3, 4]");
        Refusal.Of(() => cached.Features(zeros(5, 1, 3, 4)), "sums: images: found [5, 1, 3, 4]");
        var images = Images(1200);
        images[1100, 0, 0, 0] = float.PositiveInfinity;
        Refusal.Of(() => cached.Features(images), "sums: image 1100: found a value that is not finite");
        Assert.False(Directory.Exists(Cache));
    }

    private static Tensor Images(long count) => RandomKey.From(25, "images").Normal(0, count, [2, 3, 4]) / 2;
}
