using Veer.Studies.Runs;

namespace Veer.Tests.Studies;

/// <summary>Run folders of studies in the plane with many stages, or with many guidances.</summary>
internal static class ReportSweepFolder
{
    public static readonly string[] Variants =
        ["individual", "one-for-all", "balanced", "nearest-1", "nearest-5", "nearest-100", "random", "one-for-all@euler-1", "one-for-all@euler-4", "one-for-all@heun-2"];

    public static readonly string[] Guidances = ["classifier-free", "autoguidance", "interval", "annealing", "linear"];

    /// <summary>One guidance, every variant, at four scales of which two were never trained on.</summary>
    public static ReportRunFolder Stages(int points = 30) => Create(["classifier-free"], Variants, [1, 1.5, 3, 4], points);

    /// <summary>Five guidances, each before and after two postprocessors.</summary>
    public static ReportRunFolder ManyGuidances(int points = 12) => Create(Guidances, ["one-for-all", "balanced"], [1, 5], points);

    private static ReportRunFolder Create(string[] guidances, string[] variants, double[] scales, int points)
    {
        var folder = new ReportRunFolder();
        folder.Write("study.yaml", "title: A sweep\nguidances:\n" + string.Concat(guidances.Select(name =>
            $"  {name}: {{ kind: {(name.StartsWith("linear", StringComparison.Ordinal) ? "classifier" : "classifier-free")}, denoiser: base }}\n")));
        folder.WriteArrays("samples/real.npz", ("points", folder.Spiral(points, 0.004, 0), [points, 2]), ("labels", ReportRunFolder.Labels(points, 2), [points]));
        var rows = new List<ResultRow>();
        AddRows(rows, "none", 0, "real", 1.3e-3, 0.01);
        foreach (var (g, guidance) in guidances.Index())
        {
            foreach (double scale in scales)
            {
                double push = 0.03 * (scale - 1) * (1 + 0.3 * g);
                var arrays = new List<(string, Array, int[])> { ("labels", ReportRunFolder.Labels(points, 2), [points]), ("before", folder.Spiral(points, 0.02, push), [points, 2]) };
                AddRows(rows, guidance, scale, "before", 8e-3 + 1e-3 * scale * (1 + g), 0.03 + push);
                rows.Add(new(guidance, scale, "all", "before", "seconds", 20));
                foreach (var (v, variant) in variants.Index())
                {
                    arrays.Add((variant, folder.Spiral(points, 0.006, variant == "balanced" ? 0 : push), [points, 2]));
                    AddRows(rows, guidance, scale, variant, (variant == "random" ? 9e-3 : 3e-3) + 1e-4 * v * scale, variant == "balanced" ? 0.012 : 0.03 + push - 1e-3 * v);
                    rows.Add(new(guidance, scale, "all", variant, "seconds", 0.5 + 0.1 * v));
                    rows.Add(new(guidance, scale, "all", variant, "nfe", 1 + v));
                }
                folder.WriteArrays($"samples/{guidance}-w{scale}.npz", [.. arrays]);
                folder.WriteTrajectories($"generated/{guidance}-w{scale}/trajectories.npz", paths: 60, dimensions: 2, classes: 2);
            }
            WriteBoundary(folder, guidance, 0.2 * g);
        }
        folder.WriteResults(rows);
        folder.WriteTraining(["base", .. guidances.SelectMany(guidance => variants.Select(variant => $"postprocessor-{variant.Replace('@', '-')}-{guidance}"))], steps: 100);
        folder.WriteDenoiserErrors("base");
        folder.WriteDenoiserErrors("small");
        return folder;
    }

    private static void WriteBoundary(ReportRunFolder folder, string guidance, double turn)
    {
        float[] segments = [.. Enumerable.Range(0, 40).SelectMany(i => (float[])[X(i), Y(i), X(i + 1), Y(i + 1)])];
        folder.WriteArrays($"samples/boundary-{guidance}.npz", ("steps", Enumerable.Repeat(29L, 40).ToArray(), [40]), ("segments", segments, [40, 2, 2]));

        float X(int i) => (float)((i - 20) / 16.0 * Math.Cos(2.2 + turn));

        float Y(int i) => (float)((i - 20) / 16.0 * Math.Sin(2.2 + turn) + 0.1 * Math.Sin(i / 4.0));
    }

    private static void AddRows(List<ResultRow> rows, string guidance, double scale, string stage, double distance, double coverage)
    {
        foreach (var (name, factor) in ((string, double)[])[("0", 1.1), ("1", 0.9), ("all", 1)])
        {
            rows.Add(new(guidance, scale, name, stage, "nn-distance", distance * factor));
            rows.Add(new(guidance, scale, name, stage, "sliced-wasserstein-2", coverage * factor));
        }
    }
}
