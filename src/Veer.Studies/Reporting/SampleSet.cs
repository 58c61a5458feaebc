namespace Veer.Studies.Reporting;

/// <summary>samples/&lt;guidance&gt;-w&lt;scale&gt;.npz: the same samples at each stage.</summary>
internal sealed record SampleSet(string Guidance, double Scale, int[] Labels, IReadOnlyList<(string Stage, NumericArray Points)> Stages);

/// <summary>samples/real.npz: held-out real points.</summary>
internal sealed record RealSet(NumericArray Points, int[] Labels);

/// <summary>samples/trajectories-&lt;guidance&gt;-w&lt;scale&gt;.npz: states [S, n, D], from pure noise to the end.</summary>
internal sealed record TrajectorySet(string Guidance, double Scale, NumericArray States, int[] Labels);

/// <summary>samples/decoder.npz: pixels = mean [P] + point [D] · components [D, P], in [-1, 1].</summary>
internal sealed record ImageDecoder(NumericArray Mean, NumericArray Components, int Height, int Width)
{
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

/// <summary>models/&lt;name&gt;/training.csv.</summary>
internal sealed record TrainingCurve(string Model, double[] Steps, double[] Losses);
