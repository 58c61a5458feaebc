using System.Net;
using System.Text.RegularExpressions;
using SkiaSharp;
using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Figures;
using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Studies of images: sheets, what the judge says, and the numbers that speak first.</summary>
public sealed class ReportImageTests(ReportImageTests.Built built) : IClassFixture<ReportImageTests.Built>
{
    /// <summary>A little less than an image has in a .png of the sheet, edges left out.</summary>
    private const int PixelsOfAnImage = 10_500;

    private readonly ReportRunFolder run = built.Run;

    private string Prose => WebUtility.HtmlDecode(run.Page);

    [Fact]
    public void Images_get_sheets_and_the_judges_figures_and_nothing_that_vectors_have()
    {
        string[] figures = ["best-worst-classifier-free-w1", "best-worst-classifier-free-w3", "class-changes-classifier-free-w3", "distance-classifier-free", "images-classifier-free-w1", "images-classifier-free-w3"];

        Assert.Equal(figures, Directory.GetFiles(run.At("figures"), "*.png").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.Equal(figures.Length, Regex.Count(run.Page, "alt=\"[^\"]{20,}\""));
        Assert.Equal(5, Regex.Count(run.Page, "class=\"photograph\""));
    }

    [Fact]
    public void What_the_judge_says_at_a_usual_scale_is_in_sight_and_others_are_folded_away()
    {
        string changes = Regex.Match(run.Page, "<section id=\"changes\">.*?</section>", RegexOptions.Singleline).Value;
        string open = Regex.Replace(changes, "<details>.*?</details>", "", RegexOptions.Singleline);

        Assert.Equal(["class-changes-classifier-free-w3", "best-worst-classifier-free-w3"], Names(open));
        Assert.Equal(["class-changes-classifier-free-w3", "best-worst-classifier-free-w3", "best-worst-classifier-free-w1"], Names(changes));
        Assert.Contains("Classifier-free at w = 1</summary>", changes, StringComparison.Ordinal);

        static IEnumerable<string> Names(string html) => Regex.Matches(html, "href=\"figures/([^\"]+).png\"").Select(match => match.Groups[1].Value);
    }

    [Fact]
    public void Mended_and_broken_samples_are_counted()
    {
        Assert.Contains("Of 60 samples one-for-all mends 30 (the judge saw another class before, and sees the one asked for after) and breaks 2 (the other way round). "
            + "1 more went from one wrong class to another. Shown are 20 of each at most, the first of every class.", Prose, StringComparison.Ordinal);
        Assert.Contains("Postprocessing mended and broke no sample of classifier-free at w = 1: the judge", Prose, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_and_the_worst_say_how_many_came_nearer() =>
        Assert.Contains("Of 60 samples one-for-all brings 55 nearer to the real images of the class asked for and carries 5 farther away, in the judge’s features. "
            + "Shown are those where that distance fell most and those where it rose most; it stands under each image.", Prose, StringComparison.Ordinal);

    [Fact]
    public void Where_all_come_nearer_the_worst_fell_least()
    {
        using var folder = ReportImageFolder.Create();
        ReportImageFolder.WriteJudged(folder, 3, null, ("one-for-all.distance", Enumerable.Repeat(5f, 60).ToArray(), [60]));
        folder.Build();

        Assert.Contains("that distance fell most and those where it fell least", folder.Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_nearest_real_image_is_the_judges(int channels)
    {
        using var folder = ReportImageFolder.Create(channels);
        using var blind = ReportImageFolder.Create(channels, judged: false);
        folder.Build();
        blind.Build();

        // Two samples of every class, rows 0 to 19: the judge names real images 10 to 29, by pixels the nearest is image 3.
        for (int row = 10; row < 30; row++)
        {
            Assert.Equal(1, Images(folder, channels, row));
            Assert.Equal(0, Images(blind, channels, row));
        }
        // Twenty samples after postprocessing look like it, and it stands under each of them.
        Assert.Equal(40, Images(blind, channels, row: 3));
        Assert.DoesNotContain("id=\"changes\"", blind.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_samples_of_every_class_are_shown()
    {
        int[] labels = [.. Enumerable.Repeat(0, 40), .. Enumerable.Repeat(7, 40), 3];
        var points = new NumericArray(new float[81], [81, 1, 1, 1]);
        var samples = new ImageSamples(new RealSet(points, labels), new SampleSet("a", 1, labels, [("before", points)]), null, new ImageDecoder(1, 1, 1), new());

        Assert.Equal([0, 1, 2, 80, 40, 41], samples.FirstOfEachClass(Enumerable.Range(0, 81), most: 6));
        Assert.Equal([5, 50], samples.FirstOfEachClass([50, 5]));
    }

    [Fact]
    public void The_tiles_tell_of_the_frechet_distance_and_label_agreement_and_their_floors()
    {
        Assert.Contains("<strong>3.2×</strong> <span>lower Fréchet distance</span> <small>All classes, classifier-free, one-for-all, w = 3: 40.0 → 12.5; real against real 1.50</small>", Prose, StringComparison.Ordinal);
        Assert.Contains("<strong>98.5 %</strong> <span>show the class asked for</span> <small>To the evaluation classifier, classifier-free, one-for-all, w = 3: 95.1 % before; real against real 99.2</small>", Prose, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_by_scale_and_the_chart_show_the_frechet_distance_and_label_agreement()
    {
        string[] captions = [.. Regex.Matches(Prose, "<table class=\"summary\">\n<caption>([^<]+)</caption>").Select(match => match.Groups[1].Value)];

        Assert.Equal("Fréchet distance ↓, classifier-free, all classes", captions[0]);
        Assert.Contains("Label agreement %\u00a0↑, classifier-free, all classes", captions);
        Assert.Contains("alt=\"Line chart of the Fréchet distance to held-out real images (in the features of digit judge, sha256 0f3a) and of label agreement by guidance scale for before and one-for-all.\"", Prose, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_numbers_were_measured_with_stands_under_them() =>
        Assert.Contains("<p class=\"fingerprint\">Measured with features digit judge, sha256 0f3a; samples 60.</p>", run.Page, StringComparison.Ordinal);

    [Fact]
    public void Guidances_of_images_are_compared_by_precision_and_recall()
    {
        ResultRow[] rows = [.. from guidance in (string[])["a", "b"]
                               from scale in (int[])[1, 3]
                               from metric in (string[])["precision", "recall"]
                               select new ResultRow(guidance, scale, "all", "before", metric, 0.5 + 0.1 * scale)];

        var figure = FidelityFigure.Create(new ResultTable(rows), new StudyNotes());
        Assert.Equal("Chart of precision against recall for a and b.", figure?.AlternativeText);
        Assert.DoesNotContain("logarithmic", figure!.Caption, StringComparison.Ordinal);
    }

    /// <summary>How often the sheet at scale 3 shows a real image. Only whole images count: at their edges the shades of others come up too.</summary>
    private static int Images(ReportRunFolder folder, int channels, int row)
    {
        using var bitmap = SKBitmap.Decode(folder.At("figures/images-classifier-free-w3.png"));
        byte shade = ReportImageFolder.RealShade(row);
        var color = channels == 1 ? new SKColor(shade, shade, shade) : new SKColor(shade, 0, 0);
        return bitmap.Pixels.Count(pixel => pixel == color) / PixelsOfAnImage;
    }

    /// <summary>A report that is built once for all tests that only look at it.</summary>
    public sealed class Built : IDisposable
    {
        public Built() => Run.Build();

        internal ReportRunFolder Run { get; } = ReportImageFolder.Create();

        public void Dispose() => Run.Dispose();
    }
}
