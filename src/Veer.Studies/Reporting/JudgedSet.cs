using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>What the judge says of the samples at one stage, row by row.</summary>
/// <param name="Classes">The class that it sees.</param>
/// <param name="Distances">The distance to the nearest held-out real image of the class asked for, in its features.</param>
/// <param name="Nearest">Which row of real.npz that image is.</param>
internal sealed record JudgedStage(int[] Classes, float[] Distances, int[] Nearest);

/// <summary>judged/&lt;guidance&gt;-w&lt;scale&gt;.npz: what the judge, a classifier of images, says of every sample at every stage.</summary>
internal sealed record JudgedSet(IReadOnlyDictionary<string, JudgedStage> Stages)
{
    /// <param name="path">The file.</param>
    /// <param name="samples">The samples that were judged.</param>
    /// <param name="real">The real images that they were compared with.</param>
    /// <exception cref="InputException">An array is missing, has not a number for every sample, or names a real image that is none.</exception>
    public static JudgedSet Read(string path, SampleSet samples, RealSet real)
    {
        var file = new ArrayFile(path);
        return new(samples.StageNames.ToDictionary(stage => stage, Stage));

        JudgedStage Stage(string stage)
        {
            int count = samples.Labels.Length;
            string nearestKey = stage + ".nearest";
            int[] classes = file.Shaped(stage, count).ToLabels(), nearest = file.Shaped(nearestKey, count).ToLabels();
            if (nearest.Any(row => row < 0 || row >= real.Points.Rows))
                throw file.Fault(nearestKey, $"{nearest.Min()} to {nearest.Max()}", $"0 to {real.Points.Rows - 1}, rows of real.npz");
            return new(classes, file.Shaped(stage + ".distance", count).Values, nearest);
        }
    }
}
