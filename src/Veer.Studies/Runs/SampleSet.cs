using System.Globalization;

namespace Veer.Studies.Runs;

/// <summary>samples/real.npz: held-out real points, vectors [N, D] or images [N, H, W, C].</summary>
internal sealed record RealSet(NumericArray Points, int[] Labels)
{
    public bool IsImages => Points.Shape.Length == ArrayFile.ImageRank;

    public static RealSet Read(ArrayFile file)
    {
        var points = file.Points("points");
        return new(points, file.Integers("labels", points.Rows));
    }
}

/// <summary>samples/decoder.npz: pixels = mean [P] + point [D] · components [D, P], in [-1, 1].</summary>
internal sealed record PixelComponents(NumericArray Mean, NumericArray Components, int Height, int Width)
{
    /// <param name="file">The file.</param>
    /// <param name="dimensions">The number of components of a point.</param>
    /// <exception cref="InputException">Components, mean and shape do not fit each other or the points.</exception>
    public static PixelComponents Read(ArrayFile file, int dimensions)
    {
        var (mean, components, shape) = (file.Array("mean", -1), file.Array("components", -1, -1), file.Array("shape", -1));
        if (shape.Rows != 2 || shape.Values.Any(side => !(side >= 1)) || (double)shape.Values[0] * shape.Values[1] != mean.Rows || components.Width != mean.Rows)
            throw file.Fault("shape", $"[{string.Join(", ", shape.Values.Select(side => side.ToString(CultureInfo.InvariantCulture)))}]", $"height and width of {mean.Rows} pixels");
        if (components.Rows != dimensions) throw file.Fault("components", $"{components.Rows} rows", $"{dimensions}, one per dimension of real.npz");
        return new(mean, components, (int)shape.Values[0], (int)shape.Values[1]);
    }

    /// <summary>The pixels of one point, row after row; -1 comes to 0 and 1 to 255.</summary>
    public float[] Decode(ReadOnlySpan<float> point)
    {
        float[] pixels = [.. Mean.Values];
        for (int d = 0; d < point.Length; d++)
        {
            var component = Components.Row(d);
            for (int p = 0; p < pixels.Length; p++) pixels[p] += point[d] * component[p];
        }
        return Array.ConvertAll(pixels, pixel => 127.5f * (pixel + 1));
    }
}

/// <summary>samples/&lt;guidance&gt;-w&lt;scale&gt;.npz: the same samples at each stage, shaped as the real points are.</summary>
internal sealed record SampleSet(string Guidance, double Scale, int[] Labels, IReadOnlyList<(string Stage, NumericArray Points)> Stages)
{
    public IReadOnlyList<string> StageNames => [.. Stages.Select(stage => stage.Stage)];

    /// <param name="file">The file.</param>
    /// <param name="guidance">The guidance's name.</param>
    /// <param name="scale">The guidance scale w.</param>
    /// <param name="order">Stages in the order of the report; others come last.</param>
    /// <param name="real">Real points: samples must be shaped like them.</param>
    public static SampleSet Read(ArrayFile file, string guidance, double scale, IReadOnlyList<string> order, RealSet real)
    {
        var stages = file.Keys.Where(stage => stage != "labels")
            .OrderBy(stage => order.Contains(stage) ? order.ToList().IndexOf(stage) : int.MaxValue).ThenBy(stage => stage, StringComparer.Ordinal)
            .Select(stage => (Stage: stage, Points: file.Points(stage))).ToList();
        if (stages.Count == 0) throw file.Fault(Runs.Stages.Before, "nothing", real.IsImages ? "an array [N, H, W, C]" : "an array [N, D]");
        int[] labels = file.Integers("labels", stages[0].Points.Rows);
        foreach (var (stage, points) in stages)
        {
            if (points.Rows != labels.Length) throw file.Fault(stage, $"{points.Rows} rows", $"{labels.Length}, one per label");
            if (!points.Shape.Skip(1).SequenceEqual(real.Points.Shape.Skip(1))) throw file.Fault(stage, Kind(points), $"{Kind(real.Points)}, as in real.npz");
        }
        return new(guidance, scale, labels, stages);
    }

    /// <summary>The points at a stage that the set has.</summary>
    public NumericArray At(string stage) => Stages.First(entry => entry.Stage == stage).Points;

    /// <summary>The same samples before and at the given number of repaired stages at most.</summary>
    public SampleSet WithAtMost(int repaired)
    {
        var kept = Runs.Stages.Preferred(StageNames, repaired);
        return this with { Stages = [.. Stages.Where(stage => kept.Contains(stage.Stage))] };
    }

    private static string Kind(NumericArray points) =>
        points.Shape.Length == ArrayFile.VectorRank ? $"{points.Shape[1]} dimensions" : $"images [{string.Join(", ", points.Shape.Skip(1))}]";
}

/// <summary>What the judge says of the samples at one stage, row by row.</summary>
/// <param name="Classes">The class that it sees.</param>
/// <param name="Distances">The distance to the nearest held-out real image of the class asked for, in its features.</param>
/// <param name="Nearest">Which row of real.npz that image is.</param>
internal sealed record JudgedStage(int[] Classes, float[] Distances, int[] Nearest)
{
    /// <summary>judged/&lt;guidance&gt;-w&lt;scale&gt;.npz: every stage of the samples, as a classifier of images sees them.</summary>
    /// <exception cref="InputException">An array is missing, has not a number for every sample, or names a real image that is none.</exception>
    public static IReadOnlyDictionary<string, JudgedStage> ReadAll(ArrayFile file, SampleSet samples, RealSet real)
    {
        return samples.StageNames.ToDictionary(stage => stage, Read);

        JudgedStage Read(string stage)
        {
            int count = samples.Labels.Length;
            int[] classes = file.Array(stage, count).ToLabels(), nearest = file.Array(stage + ".nearest", count).ToLabels();
            if (nearest.Any(row => row < 0 || row >= real.Points.Rows))
                throw file.Fault(stage + ".nearest", $"{nearest.Min()} to {nearest.Max()}", $"0 to {real.Points.Rows - 1}, rows of real.npz");
            return new(classes, file.Array(stage + ".distance", count).Values, nearest);
        }
    }
}
