using ScottPlot;
using Veer.Data;
using Veer.Evaluation;
using Veer.Studies.Reporting.Drawing;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Pictures of sets beside real points: sheets of images and of their closest pairs, points in the plane, on a line how they are spread.</summary>
internal static class EvaluationFigures
{
    private const int Columns = 20, MostPoints = 4000, MostSets = 3, LineHeight = 360, LinePoints = 400;

    /// <param name="result">What was found.</param>
    /// <param name="sets">The sets, in its order.</param>
    /// <param name="real">The reference.</param>
    /// <param name="training">The points in which copies were looked for, where these are others.</param>
    public static IReadOnlyList<Figure> Create(EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData real, LabeledData? training = null)
    {
        if (real.Points.dim() == 4)
        {
            var decoder = new ImageDecoder((int)real.Points.shape[2], (int)real.Points.shape[3], (int)real.Points.shape[1]);
            return [Sheet(result, sets, real, decoder), .. result.Sets.Zip(sets).Where(set => set.First.Closest.Count > 0).Select((set, place) => Closest(set.First, set.Second, training ?? real, decoder, place))];
        }
        return [real.Points.shape[1] == 1 ? Line(result, sets, real) : Plane(result, sets, real)];
    }

    private static Figure Sheet(EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData real, ImageDecoder decoder)
    {
        var sheet = new ImageSheet(Columns, decoder.Height / (float)decoder.Width);
        string[] headings = [.. Enumerable.Range(1, Columns).Select(column => column.ToString(Text.Invariant))];
        sheet.AddBand("", "", headings, [new("Real", Images(real, Some(real), decoder), IsReference: true), .. result.Sets.Zip(sets).Select(set => new SheetRow(set.First.Name, Images(set.Second, Some(set.Second), decoder)))]);
        return sheet.ToFigure("samples", "", "Images of the reference and of every set, evenly spread over each and not chosen by eye.", "Images of the reference and of every set, a row each.");

        // evenly spread: files may be sorted by class
        static long[] Some(LabeledData data) => [.. Enumerable.Range(0, (int)Math.Min(Columns, data.Count)).Select(place => place * data.Count / Math.Min(Columns, data.Count))];
    }

    private static Figure Closest(EvaluatedSet set, LabeledData samples, LabeledData real, ImageDecoder decoder, int place)
    {
        var sheet = new ImageSheet(Columns, decoder.Height / (float)decoder.Width);
        sheet.AddBand("", "", [.. set.Closest.Select(pair => pair.Sample.ToString(Text.Invariant))],
        [
            new(set.Name, Images(samples, [.. set.Closest.Select(pair => pair.Sample)], decoder)),
            new("Nearest real", Images(real, [.. set.Closest.Select(pair => pair.Real)], decoder), [.. set.Closest.Select(pair => Text.Significant(pair.Distance))], IsReference: true),
        ]);
        return sheet.ToFigure($"closest-{place}", $"{set.Name}: closest pairs", "The samples that are nearest to a real image in which copies are looked for, and that image; the row of the sample above, the distance below. A copy would stand here.", $"The closest pairs of {set.Name} and real images.");
    }

    /// <summary>In the plane as they are; in more dimensions along the two directions in which the real points are spread most.</summary>
    private static Figure Plane(EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData real)
    {
        bool turned = real.Points.shape[1] > 2;
        using var plane = turned ? new PrincipalPlane(real.Points) : null;
        var truth = Dots(real.Points);
        var shown = result.Sets.Zip(sets).Take(MostSets).Select(set => (set.First.Name, Points: Dots(set.Second.Points))).ToList();
        var grid = new PanelGrid(shown.Count + 1) { Padding = new(left: 38, right: 4, bottom: 24, top: 26) };
        var view = PointView.Around(truth, shown.SelectMany(set => set.Points));
        grid.AddPanel("Real", view).Add.Plottable(Drawn.Dots([.. truth.Where(view.Contains)], 2.2f, ReportPalette.Real.WithAlpha(0.75)));
        foreach (var (place, (name, points)) in shown.Index())
        {
            var panel = grid.AddPanel(name, view);
            panel.Add.Plottable(Drawn.Dots([.. truth.Where(view.Contains)], 2.2f, ReportPalette.RealFaint));
            panel.Add.Plottable(Drawn.Dots([.. points.Where(view.Contains)], 2.2f, ReportPalette.Class(place).WithAlpha(0.6)));
        }
        string where = turned ? PrincipalPlane.Words : "";
        return grid.ToFigure("samples", "", $"{where}Behind the samples the real points lie in pale grey: colour away from grey is a sample where no data is, grey that stays bare is data that no sample reaches. At most {Text.Count(MostPoints)} points a panel.",
            "Scatter plots of the reference and of every set.");

        Coordinates[] Dots(Tensor all)
        {
            using var scope = NewDisposeScope();
            var points = plane?.See(all) ?? all;
            // evenly spread: files may be sorted by class
            long count = Math.Min(MostPoints, points.shape[0]);
            float[] values = points.index_select(0, arange(count, ScalarType.Int64).mul_(points.shape[0]).div_(count, RoundingMode.floor)).data<float>().ToArray();
            return [.. values.Chunk(2).Select(pair => new Coordinates(pair[0], pair[1]))];
        }
    }

    /// <summary>On a line: what share of the points lies below each place.</summary>
    private static Figure Line(EvaluationResult result, IReadOnlyList<LabeledData> sets, LabeledData real)
    {
        var grid = new PanelGrid(1, fewest: 1);
        var panel = grid.AddPanel("Share of points below", LineHeight);
        (string Name, Coordinates[] Points, Color Color)[] curves =
            [("real", Shares(real.Points), ReportPalette.Real), .. result.Sets.Zip(sets).Select((set, place) => (set.First.Name, Shares(set.Second.Points), ReportPalette.Class(place)))];
        foreach (var (name, points, color) in curves)
        {
            new Series(points, color, 2).AddTo(panel);
            grid.AddLegend(name, LegendKey.Line(color));
        }
        panel.Axes.SetLimits(curves.Min(curve => curve.Points[0].X), curves.Max(curve => curve.Points[^1].X), 0, 1);
        return grid.ToFigure("samples", "", "The share of the points that lies below each place, of the reference and of every set.", "Cumulative curves of the reference and of every set.");

        static Coordinates[] Shares(Tensor points)
        {
            using var scope = NewDisposeScope();
            float[] sorted = points.flatten().sort().Values.data<float>().ToArray();
            return [.. Enumerable.Range(0, Math.Min(LinePoints, sorted.Length)).Select(i => i / Math.Max(1.0, Math.Min(LinePoints, sorted.Length) - 1)).Select(share => new Coordinates(sorted[(int)(share * (sorted.Length - 1))], share))];
        }
    }

    private static SkiaSharp.SKImage[] Images(LabeledData data, long[] rows, ImageDecoder decoder)
    {
        using var scope = NewDisposeScope();
        var bytes = SampleFile.OnDisk(data.Points.index_select(0, tensor(rows))).to(ScalarType.Float32);
        return [.. Enumerable.Range(0, rows.Length).Select(row => decoder.Decode(bytes[row].flatten().data<float>().ToArray()))];
    }
}
