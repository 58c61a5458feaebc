using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportImageInputTests
{
    private const string Samples = "samples/classifier-free-w3.npz";

    [Fact]
    public void Images_that_are_no_bytes_are_refused() =>
        Refuses(run => run.WriteArrays("samples/real.npz", ("points", new float[8], [2, 2, 2, 1]), ("labels", new long[2], [2])),
            "real.npz: points: found no bytes, shape [2, 2, 2, 1], expected bytes (uint8) [N, H, W, C] with C = 1 or 3");

    [Fact]
    public void Images_of_two_channels_are_refused() =>
        Refuses(run => run.WriteArrays("samples/real.npz", ("points", new byte[16], [2, 2, 2, 2]), ("labels", new long[2], [2])),
            "real.npz: points: found shape [2, 2, 2, 2], expected bytes (uint8) [N, H, W, C] with C = 1 or 3");

    [Fact]
    public void Images_without_channels_are_refused() =>
        Refuses(run => run.WriteArrays("samples/real.npz", ("points", new byte[8], [2, 2, 2]), ("labels", new long[2], [2])),
            "real.npz: points: found shape [2, 2, 2], expected [N, D] or bytes (uint8) [N, H, W, C] with C = 1 or 3");

    [Fact]
    public void Samples_of_another_size_than_the_real_images_are_refused() =>
        Refuses(run => run.WriteArrays(Samples, ("before", new byte[32], [2, 4, 4, 1]), ("labels", new long[2], [2])),
            "classifier-free-w3.npz: before: found images [4, 4, 1], expected images [6, 5, 1], as in real.npz");

    [Fact]
    public void One_stage_of_another_size_is_refused() =>
        Refuses(run => run.WriteArrays(Samples, ("before", new byte[60], [2, 6, 5, 1]), ("one-for-all", new byte[180], [2, 6, 5, 3]), ("labels", new long[2], [2])),
            "one-for-all: found images [6, 5, 3], expected images [6, 5, 1], as in real.npz");

    [Fact]
    public void Vectors_beside_real_images_are_refused() =>
        Refuses(run => run.WriteArrays(Samples, ("before", new float[60], [2, 30]), ("labels", new long[2], [2])),
            "before: found 30 dimensions, expected images [6, 5, 1], as in real.npz");

    [Theory]
    [InlineData("one-for-all", "judged/classifier-free-w3.npz: one-for-all: found nothing, expected an array [60]")]
    [InlineData("before.distance", "judged/classifier-free-w3.npz: before.distance: found nothing, expected an array [60]")]
    [InlineData("before.nearest", "judged/classifier-free-w3.npz: before.nearest: found nothing, expected an array [60]")]
    public void A_judge_who_left_something_out_is_refused(string missing, string fault) =>
        Refuses(run => ReportImageFolder.WriteJudged(run, 3, without: missing), fault);

    [Fact]
    public void A_judge_who_saw_other_samples_is_refused()
    {
        Refuses(run => ReportImageFolder.WriteJudged(run, 3, null, ("before", new long[59], [59])), "before: found shape [59], expected [60]");
        Refuses(run => ReportImageFolder.WriteJudged(run, 3, null, ("before.distance", new float[59], [59])), "before.distance: found shape [59], expected [60]");
    }

    [Fact]
    public void A_nearest_real_image_that_is_none_is_refused() =>
        Refuses(run => ReportImageFolder.WriteJudged(run, 3, null, ("before.nearest", Enumerable.Repeat(30L, 60).ToArray(), [60])),
            "before.nearest: found 30 to 30, expected 0 to 29, rows of real.npz");

    [Theory]
    [InlineData("7", "fingerprint: found a value that is no")]
    [InlineData("{\"features\": []}", "fingerprint.features: found a value that is no text")]
    public void A_fingerprint_that_is_none_is_refused(string fingerprint, string fault) => Refuses(run => run.WriteResults([], fingerprint), fault);

    [Fact]
    public void A_decoder_of_other_components_than_the_points_have_is_refused()
    {
        using var run = ReportRunFolder.Images(points: 20);
        run.WriteArrays("samples/decoder.npz", ("mean", new float[4], [4]), ("components", new float[20], [5, 4]), ("shape", new long[] { 2, 2 }, [2]));

        Assert.Contains("decoder.npz: components: found 5 rows, expected 6, one per dimension of real.npz",
            Assert.Throws<InputException>(() => run.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Distances_that_are_no_numbers_are_passed_over()
    {
        using var run = ReportImageFolder.Create();
        float[] distances = [.. Enumerable.Repeat(float.NaN, 57), 1, 30, 2];
        ReportImageFolder.WriteJudged(run, 3, null, ("one-for-all.distance", distances, [60]));
        run.Build();

        Assert.Contains("Of 3 samples one-for-all brings 2 nearer", run.Page, StringComparison.Ordinal);
    }

    private static void Refuses(Action<ReportRunFolder> spoil, string fault)
    {
        using var run = ReportImageFolder.Create();
        spoil(run);
        string message = Assert.Throws<InputException>(() => run.Build()).Message;

        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists(run.At("report.html")));
    }
}
