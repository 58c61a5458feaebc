using Veer.Models;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>samples/real.npz: held-out real points, vectors [N, D] or images [N, H, W, C].</summary>
internal sealed record RealSet(NumericArray Points, int[] Labels)
{
    private readonly Dictionary<int, PointView?> closeUps = [];

    public bool IsImages => Points.Shape.Length == ArrayFile.ImageRank;

    /// <summary>The close-up of a class, found once: it is the same in all figures.</summary>
    public PointView? CloseUp(int label)
    {
        if (!closeUps.TryGetValue(label, out var closeUp)) closeUps.Add(label, closeUp = PointView.CloseUp(ScatterFigure.Select(Points, Labels, label)));
        return closeUp;
    }

    public static RealSet Read(string path)
    {
        var file = new ArrayFile(path);
        var points = file.Points("points");
        return new RealSet(points, file.Integers("labels", points.Rows));
    }
}

/// <summary>samples/&lt;guidance&gt;-w&lt;scale&gt;.npz: the same samples at each stage, shaped as the real points are.</summary>
internal sealed record SampleSet(string Guidance, double Scale, int[] Labels, IReadOnlyList<(string Stage, NumericArray Points)> Stages)
{
    public IReadOnlyList<string> StageNames => [.. Stages.Select(stage => stage.Stage)];

    /// <param name="path">The file.</param>
    /// <param name="guidance">The guidance's name.</param>
    /// <param name="scale">The guidance scale w.</param>
    /// <param name="order">Stages in the order of the report; others come last.</param>
    /// <param name="real">Real points: samples must be shaped like them.</param>
    public static SampleSet Read(string path, string guidance, double scale, IReadOnlyList<string> order, RealSet real)
    {
        var file = new ArrayFile(path);
        var stages = file.Keys.Where(stage => stage != "labels")
            .OrderBy(stage => order.Contains(stage) ? order.ToList().IndexOf(stage) : int.MaxValue).ThenBy(stage => stage, StringComparer.Ordinal)
            .Select(stage => (Stage: stage, Points: file.Points(stage))).ToList();
        if (stages.Count == 0) throw file.Fault("before", "nothing", real.IsImages ? "an array [N, H, W, C]" : "an array [N, D]");
        int[] labels = file.Integers("labels", stages[0].Points.Rows);
        foreach (var (stage, points) in stages)
        {
            if (points.Rows != labels.Length) throw file.Fault(stage, $"{points.Rows} rows", $"{labels.Length}, one per label");
            if (!points.Shape.Skip(1).SequenceEqual(real.Points.Shape.Skip(1))) throw file.Fault(stage, Kind(points), $"{Kind(real.Points)}, as in real.npz");
        }
        return new SampleSet(guidance, scale, labels, stages);
    }

    /// <summary>The points at a stage that the set has.</summary>
    public NumericArray At(string stage) => Stages.First(entry => entry.Stage == stage).Points;

    /// <summary>The same samples before and at the given number of repaired stages at most.</summary>
    public SampleSet WithAtMost(int repaired)
    {
        var kept = Reporting.Stages.Preferred(StageNames, repaired);
        return this with { Stages = [.. Stages.Where(stage => kept.Contains(stage.Stage))] };
    }

    private static string Kind(NumericArray points) =>
        points.Shape.Length == ArrayFile.VectorRank ? $"{points.Shape[1]} dimensions" : $"images [{string.Join(", ", points.Shape.Skip(1))}]";
}

/// <summary>One level of denoiser-error.json; <paramref name="Sigma"/> is noise over signal.</summary>
internal sealed record DenoiserErrorRow(double Sigma, string Label, double Error, double Oracle);

/// <summary>models/&lt;model&gt;/denoiser-error.json.</summary>
internal sealed record DenoiserErrors(string Model, IReadOnlyList<DenoiserErrorRow> Rows);

/// <summary>models/&lt;name&gt;/training.csv.</summary>
internal sealed record TrainingCurve(string Model, double[] Steps, double[] Losses);
