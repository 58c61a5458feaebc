using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;
using SkiaSharp;
using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Figures;
using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Studies on a line: trajectories over a density, and their numbers by scale.</summary>
public sealed class ReportLineTests : IDisposable
{
    private readonly ReportRunFolder run = ReportLineFolder.Create(ReportLineFolder.Linear, ReportLineFolder.ExactClassifier);

    public void Dispose() => run.Dispose();

    [Fact]
    public void Every_guidance_on_a_line_has_its_trajectories_and_all_are_compared_by_scale()
    {
        run.Build();

        Assert.Equal(
            ["training", "trajectories-by-scale", "trajectories-classifier-exact", "trajectories-classifier-linear"],
            Directory.GetFiles(run.At("figures"), "*.png").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
        Assert.Contains("reproduces <b>Fig. 1 to 3</b>", run.Page, StringComparison.Ordinal);
        Assert.True(new FileInfo(run.At("report.html")).Length < 6_000_000);
        // In the order of the results.
        int[] places = [.. ((string[])["Classifier-linear", "Classifier-exact (closed form)"])
            .Select(name => run.Page.IndexOf($"<h3>{name}</h3>", StringComparison.Ordinal))];

        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Density_and_boundary_are_drawn_where_they_are_known_and_named_only_there()
    {
        Figure whole = Trajectories();
        File.Delete(run.At("samples/density.npz"));
        Figure plain = Trajectories();
        File.Delete(run.At("samples/boundary-classifier-linear.npz"));
        Figure bare = Trajectories();

        Assert.Contains("density of x", Svg(whole), StringComparison.Ordinal);
        Assert.DoesNotContain("density of x", Svg(plain), StringComparison.Ordinal);
        Assert.Contains("decision boundary", Svg(plain), StringComparison.Ordinal);
        Assert.DoesNotContain("decision boundary", Svg(bare), StringComparison.Ordinal);
        // The grey of the density, and the dark of the boundary, which is all that is dark in the middle of a panel.
        Assert.True(Share(whole, color => color is { Red: > 170 and < 240, Blue: > 180 } && color.Blue > color.Red) > 0.1, "density");
        Assert.True(Share(plain, IsDark) > 1.3 * Share(bare, IsDark), "boundary");
    }

    [Fact]
    public void Ancestral_trajectories_have_a_row_of_their_own()
    {
        Figure with = Trajectories();
        foreach (int scale in (int[])[1, 2, 5, 10])
        {
            run.WriteArrays($"generated/classifier-linear-w{scale}/trajectories.npz",
                ("states", new float[ReportLineFolder.States * 2], [ReportLineFolder.States, 2, 1]), ("labels", new long[2], [2]));
        }
        Figure without = Trajectories();

        Assert.Contains("w = 10, ancestral", Svg(with), StringComparison.Ordinal);
        Assert.DoesNotContain("ancestral", Svg(without), StringComparison.Ordinal);
        Assert.True(with.Height > 1.8 * without.Height);
    }

    [Fact]
    public void All_panels_of_a_figure_share_the_range_of_the_widest_scale()
    {
        const int paths = 20;
        float[] states = [.. Enumerable.Repeat(60f, ReportLineFolder.States * paths)];
        run.WriteArrays("generated/classifier-linear-w10/trajectories.npz",
            ("states", states, [ReportLineFolder.States, paths, 1]), ("labels", new long[paths], [paths]));

        // Four panels, and a row of ancestral ones below the first three.
        Assert.Equal(4 + 3, Regex.Count(Svg(Trajectories()), @">\s*60\s*</text>"));
    }

    [Fact]
    public void A_figure_is_the_same_however_often_it_is_drawn()
    {
        Figure figure = Trajectories();
        byte[] first = Png(figure);

        Assert.Equal(first, Png(figure));
        Assert.Equal(first, Png(Trajectories()));
        Assert.Equal(Svg(figure), Svg(Trajectories()));
    }

    [Fact]
    public void The_boundary_is_joined_over_time_but_not_across_jumps()
    {
        var boundary = new DrawnBoundary([0, 1, 2, 2, 4], new NumericArray([0, 0.1f, 0.2f, 3, 0.3f], [5, 1]), null);
        var joined = BoundaryLines.Joined(boundary, range: 4).ToList();

        Assert.Equal([(0.0, 1.0), (1.0, 2.0)], joined.Select(line => (line.Start.X, line.End.X)));
        Assert.All(joined, line => Assert.True(line.End.Y < 1));
        Assert.Equal(5, BoundaryLines.Points(boundary).Length);
    }

    [Fact]
    public void Only_the_last_state_of_a_boundary_in_the_plane_is_drawn()
    {
        var boundary = new DrawnBoundary([3, 29, 29], null, new NumericArray([1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 2, 2]));

        Assert.Equal([(new Coordinates(2, 3), new Coordinates(4, 5)), (new(6, 7), new(8, 9))], BoundaryLines.Last(boundary));
    }

    private static string Svg(Figure figure) => Encoding.UTF8.GetString(Figure.ToSvg(figure.DrawVectors()));

    private static byte[] Png(Figure figure)
    {
        using var pixels = figure.Paint();
        return figure.ToPng(pixels);
    }

    private Figure Trajectories()
    {
        var folder = new RunFolder(run.Root);
        return ReportSections.All(folder, folder.Study().Notes, new ResultTable(folder.Results)).SelectMany(section => section.All).Single(figure => figure.Name == "trajectories-classifier-linear");
    }

    private static bool IsDark(SKColor color) => color is { Red: < 60, Green: < 70, Blue: < 80 };

    private static double Share(Figure figure, Func<SKColor, bool> wanted)
    {
        using var pixels = figure.Paint(density: 1);
        using var bitmap = SKBitmap.FromImage(pixels);
        return bitmap.Pixels.Count(wanted) / (double)bitmap.Pixels.Length;
    }
}
