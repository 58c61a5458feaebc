namespace Veer.Studies.Reporting;

/// <summary>samples/&lt;guidance&gt;-w&lt;scale&gt;.npz: the same samples at each stage.</summary>
internal sealed record SampleSet(string Guidance, double Scale, int[] Labels, IReadOnlyList<(string Stage, NumericArray Points)> Stages)
{
    /// <param name="path">The file.</param>
    /// <param name="guidance">The guidance's name.</param>
    /// <param name="scale">The guidance scale w.</param>
    /// <param name="order">Stages in the order of the report; others come last.</param>
    public static SampleSet Read(string path, string guidance, double scale, IReadOnlyList<string> order)
    {
        var file = new ArrayFile(path);
        var stages = file.Keys.Where(stage => stage != "labels")
            .OrderBy(stage => order.Contains(stage) ? order.ToList().IndexOf(stage) : int.MaxValue).ThenBy(stage => stage, StringComparer.Ordinal)
            .Select(stage => (stage, file.Array(stage, 2))).ToList();
        if (stages.Count == 0) throw file.Fault("before", "nothing", "an array [N, D]");
        int[] labels = file.Integers("labels", stages[0].Item2.Rows);
        foreach (var (stage, points) in stages)
            if (points.Rows != labels.Length) throw file.Fault(stage, $"{points.Rows} rows", $"{labels.Length}, one per label");
        return new SampleSet(guidance, scale, labels, stages);
    }

    /// <summary>The same samples before and at the given number of repaired stages at most.</summary>
    public SampleSet WithAtMost(int repaired)
    {
        var kept = Reporting.Stages.Preferred([.. Stages.Select(stage => stage.Stage)], repaired);
        return this with { Stages = [.. Stages.Where(stage => kept.Contains(stage.Stage))] };
    }
}

/// <summary>samples/real.npz: held-out real points.</summary>
internal sealed record RealSet(NumericArray Points, int[] Labels)
{
    public static RealSet Read(string path)
    {
        var file = new ArrayFile(path);
        var points = file.Array("points", 2);
        return new RealSet(points, file.Integers("labels", points.Rows));
    }
}

/// <summary>samples/decoder.npz: pixels = mean [P] + point [D] · components [D, P], in [-1, 1].</summary>
internal sealed record ImageDecoder(NumericArray Mean, NumericArray Components, int Height, int Width)
{
    public static ImageDecoder Read(string path)
    {
        var file = new ArrayFile(path);
        var (mean, components, shape) = (file.Array("mean", 1), file.Array("components", 2), file.Array("shape", 1));
        if (shape.Rows != 2 || (int)shape.Values[0] * (int)shape.Values[1] != mean.Rows || components.Width != mean.Rows)
            throw file.Fault("shape", $"[{string.Join(", ", shape.Values)}]", $"height and width of {mean.Rows} pixels");
        return new ImageDecoder(mean, components, (int)shape.Values[0], (int)shape.Values[1]);
    }

    public float[] Decode(ReadOnlySpan<float> point)
    {
        float[] pixels = [.. Mean.Values];
        for (int d = 0; d < point.Length; d++)
        {
            var component = Components.Row(d);
            for (int p = 0; p < pixels.Length; p++) pixels[p] += point[d] * component[p];
        }
        return pixels;
    }
}

/// <summary>One level of denoiser-error.json; <paramref name="Sigma"/> is noise over signal.</summary>
internal sealed record DenoiserErrorRow(double Sigma, string Label, double Error, double Oracle);

/// <summary>models/&lt;model&gt;/denoiser-error.json.</summary>
internal sealed record DenoiserErrors(string Model, IReadOnlyList<DenoiserErrorRow> Rows);

/// <summary>models/&lt;name&gt;/training.csv.</summary>
internal sealed record TrainingCurve(string Model, double[] Steps, double[] Losses);
