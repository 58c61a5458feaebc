using Veer.Studies.Runs;

namespace Veer.Tests.Studies;

/// <summary>Run folders of studies of images: tiny pictures of one colour each, so that a figure's pixels tell which picture it shows.</summary>
internal static class ReportImageFolder
{
    public const string Guidance = "classifier-free";
    public const int Samples = 60, RealImages = 30, Classes = 10, Height = 6, Width = 5;

    public static readonly int[] Scales = [1, 3];

    public static readonly string[] Stages = ["before", "one-for-all"];

    /// <summary>At scale 3 thirty samples are mended, two broken and one goes from a wrong class to another; at scale 1 nothing changes.</summary>
    /// <param name="channels">1 is grey, 3 is RGB.</param>
    /// <param name="judged">Whether a judge looked at the samples.</param>
    public static ReportRunFolder Create(int channels = 1, bool judged = true)
    {
        var folder = new ReportRunFolder();
        folder.Write("study.yaml", $"title: Digits\nguidances:\n  {Guidance}: {{ kind: classifier-free, denoiser: base }}\n");
        folder.WriteArrays("samples/real.npz", ("points", Pictures(RealImages, channels, RealShade), [RealImages, Height, Width, channels]), ("labels", ReportRunFolder.Labels(RealImages, Classes), [RealImages]));
        foreach (int scale in Scales)
        {
            folder.WriteArrays($"samples/{Guidance}-w{scale}.npz",
                ("labels", ReportRunFolder.Labels(Samples, Classes), [Samples]),
                ("before", Pictures(Samples, channels, _ => 90), [Samples, Height, Width, channels]),
                ("one-for-all", Pictures(Samples, channels, _ => RealShade(3)), [Samples, Height, Width, channels]));
            if (judged) WriteJudged(folder, scale);
        }
        folder.WriteResults(Rows(), fingerprint: """{"features":"digit judge, sha256 0f3a","samples":"60"}""");
        return folder;
    }

    /// <summary>The brightness of a real image. Samples have 90 before and that of real image 3 after.</summary>
    public static byte RealShade(int row) => (byte)(100 + 5 * row);

    /// <summary>Writes what the judge says, but for an array that is left out and others that take the place of the usual ones.</summary>
    public static void WriteJudged(ReportRunFolder folder, int scale, string? without = null, params (string Name, Array Values, int[] Shape)[] instead)
    {
        bool changes = scale > 1;
        var arrays = new List<(string Name, Array Values, int[] Shape)>();
        foreach (string stage in Stages)
        {
            bool after = stage != "before";
            arrays.Add((stage, Column(row => Seen(row, changes, after)), [Samples]));
            arrays.Add(($"{stage}.distance", Enumerable.Range(0, Samples).Select(row => Distance(row, after)).ToArray(), [Samples]));
            arrays.Add(($"{stage}.nearest", Column(row => after ? (row + 10) % RealImages : row % RealImages), [Samples]));
        }
        folder.WriteArrays($"judged/{Guidance}-w{scale}.npz", [.. arrays.Where(array => array.Name != without && instead.All(other => other.Name != array.Name)), .. instead]);
    }

    /// <summary>Row 0 comes ten nearer, row 1 nine and so on; the last five go farther away.</summary>
    private static float Distance(int row, bool after) => !after ? 20 : row < Samples - 5 ? 10 + 0.1f * row : 20 + row - (Samples - 6);

    private static long Seen(int row, bool changes, bool after)
    {
        long asked = row % Classes, other = (row + 1) % Classes;
        if (!changes) return asked;
        return row switch { < 30 => after ? asked : other, < 32 => after ? other : asked, 32 => after ? (row + 2) % Classes : other, _ => asked };
    }

    private static long[] Column(Func<int, long> value) => [.. Enumerable.Range(0, Samples).Select(value)];

    /// <summary>In colour the red channel alone is lit.</summary>
    private static byte[] Pictures(int count, int channels, Func<int, byte> shade) =>
        [.. Enumerable.Range(0, count).SelectMany(row => Enumerable.Range(0, Height * Width * channels).Select(i => i % channels == 0 ? shade(row) : (byte)0))];

    private static IEnumerable<ResultRow> Rows()
    {
        foreach (var (metric, real, before, after) in ((string, double, double, double)[])
            [("frechet", 1.5, 40, 12.5), ("kernel", 1e-4, 6e-3, 2e-3), ("precision", 0.95, 0.7, 0.9), ("recall", 0.94, 0.5, 0.6), ("label-agreement", 0.992, 0.951, 0.985), ("nn-distance", 5.1, 8.1, 6.2)])
        {
            string[] classes = metric is "label-agreement" or "nn-distance" ? ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "all"] : ["all"];
            foreach (string name in classes)
            {
                yield return new("none", 0, name, "real", metric, real);
                foreach (int scale in Scales)
                {
                    yield return new(Guidance, scale, name, "before", metric, before);
                    yield return new(Guidance, scale, name, "one-for-all", metric, scale == 1 ? before : after);
                }
            }
        }
    }
}
