using System.IO.Compression;
using System.Text;
using Veer.Studies.Reporting;
using Veer.Studies.Runs;

namespace Veer.Tests.Studies;

/// <summary>Writes folders as a run leaves them, with made-up but plausible contents.</summary>
internal sealed class ReportRunFolder : IDisposable
{
    private readonly Random random = new(3);

    public string Root { get; } = Directory.CreateTempSubdirectory("veer-report-").FullName;

    public string At(string name) => Path.Combine(Root, name);

    public string Page => File.ReadAllText(At("report.html"));

    /// <summary>Builds the report.</summary>
    /// <returns>The path of its page.</returns>
    public string Build() => Report.Build(Root);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Two classes in the plane on spirals; guidance pulls samples off them, postprocessing brings them back.</summary>
    public static ReportRunFolder Plane(int points = 20, int[]? sampledScales = null)
    {
        const string guidance = "classifier-free";
        var folder = new ReportRunFolder();
        folder.WriteStudy("The fractal", ["0", "1"], guidance, ["nn-distance", "wasserstein-2", "sliced-wasserstein-2", "off-class", "outliers", "log-density"], unit: 1e-3);
        folder.WriteArrays("samples/real.npz", ("points", folder.Spiral(points, 0.004, 0), [points, 2]), ("labels", Labels(points, 2), [points]));
        foreach (int scale in sampledScales ?? [3])
        {
            folder.WriteArrays($"samples/{guidance}-w{scale}.npz",
                ("before", folder.Spiral(points, 0.015 + 0.01 * scale, 0.1 * (scale - 1)), [points, 2]), ("individual", folder.Spiral(points, 0.010, 0), [points, 2]),
                ("one-for-all", folder.Spiral(points, 0.006, 0), [points, 2]), ("labels", Labels(points, 2), [points]));
            folder.WriteTrajectories($"generated/{guidance}-w{scale}/trajectories.npz", paths: 60, dimensions: 2, classes: 2);
        }
        folder.WriteTraining(["base", "individual-w1", "individual-w2", "individual-w3", "one-for-all"], steps: 2000);
        folder.WriteDenoiserErrors("base");
        return folder;
    }

    /// <summary>The least of the above that has every kind of file, for tests that build it many times.</summary>
    public static ReportRunFolder Tiny()
    {
        var folder = new ReportRunFolder();
        folder.Write("study.yaml", "title: Tiny\nreproduces: Tab. 1\nguidances:\n  classifier-free: { kind: classifier-free, denoiser: base }\n"
            + "published: { title: a, metric: nn-distance, scales: [1, 3], rows: { before: [1.5, 2], one-for-all: [1, 0.5] } }\n");
        folder.WriteResults(
            from scale in (int[])[1, 3]
            from stage in (string[])["real", "before", "one-for-all"]
            from metric in (string[])["nn-distance", "bend", "seconds"]
            select new ResultRow(stage == "real" ? "none" : "classifier-free", stage == "real" ? 0 : scale, "all", stage, metric, 0.01 * stage.Length));
        folder.WriteArrays("samples/real.npz", ("points", folder.Spiral(30, 0.004, 0), [30, 2]), ("labels", Labels(30, 1), [30]));
        folder.WriteArrays("samples/classifier-free-w3.npz",
            ("before", folder.Spiral(6, 0.02, 0), [6, 2]), ("one-for-all", folder.Spiral(6, 0.01, 0), [6, 2]), ("labels", Labels(6, 1), [6]));
        folder.WriteArrays("generated/classifier-free-w3/trajectories.npz", ("states", folder.Spiral(6, 0.1, 0), [3, 2, 2]), ("labels", Labels(2, 1), [2]));
        folder.WriteTraining(["base"], steps: 50);
        folder.Write("models/base/denoiser-error.json", """[{"signal":0.6,"noise":0.8,"label":"conditional","error":0.01,"oracle":0.5},{"signal":0.8,"noise":0.6,"label":"conditional","error":0.02,"oracle":0.4}]""");
        return folder;
    }

    /// <summary>Ten classes of blobs of 12 x 12 pixels in six components.</summary>
    public static ReportRunFolder Images(int points = 200)
    {
        const int components = 6, side = 12;
        var folder = new ReportRunFolder();
        folder.WriteStudy("Digits in few components", [.. Enumerable.Range(0, 10).Select(label => $"{label}")], "classifier-free", ["nn-distance", "label-agreement"], unit: 1);
        float[] Points(double spread) => [.. Enumerable.Range(0, points * components).Select(i => (float)(Math.Sin(i / components % 10 * (i % components + 1)) + spread * folder.Normal()))];
        folder.WriteArrays("samples/real.npz", ("points", Points(0.2), [points, components]), ("labels", Labels(points, 10), [points]));
        foreach (int scale in (int[])[1, 3])
            folder.WriteArrays($"samples/classifier-free-w{scale}.npz",
                ("before", Points(0.3 * scale), [points, components]), ("one-for-all", Points(0.2), [points, components]), ("labels", Labels(points, 10), [points]));
        folder.WriteTrajectories("generated/classifier-free-w3/trajectories.npz", paths: 40, dimensions: components, classes: 10);
        folder.WriteArrays("samples/decoder.npz",
            ("mean", Enumerable.Repeat(-0.6f, side * side).ToArray(), [side * side]),
            ("components", Enumerable.Range(0, components * side * side).Select(i => Blob(i / (side * side), i % side, i / side % side)).ToArray(), [components, side * side]),
            ("shape", new long[] { side, side }, [2]));
        folder.WriteTraining(["base", "one-for-all"], steps: 500);
        return folder;

        static float Blob(int component, int x, int y) =>
            (float)Math.Exp(-(Math.Pow(x - 6 - 3 * Math.Cos(component), 2) + Math.Pow(y - 6 - 3 * Math.Sin(component), 2)) / 6);
    }

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private void WriteStudy(string title, string[] classes, string guidance, string[] metrics, double unit)
    {
        Write("study.yaml", $"title: {title}\nguidances:\n  {guidance}: {{ kind: classifier-free, denoiser: base, scales: [1, 2, 3] }}\n");
        var rows = new List<ResultRow>();
        void Row(string by, int scale, string name, string stage, string metric, double factor) =>
            rows.Add(new(by, scale, name, stage, metric, Value(metric, factor, unit)));
        foreach (string metric in metrics)
            foreach (string name in (string[])[.. classes, "all"])
            {
                Row("none", 0, name, "real", metric, 0.9);
                foreach (int scale in (int[])[1, 2, 3])
                    foreach (var (stage, factor) in ((string, double)[])[("before", 2 + 3 * scale), ("individual", 1.6), ("one-for-all", 1.2)]) Row(guidance, scale, name, stage, metric, factor);
            }
        WriteResults(rows);
    }

    /// <summary>Writes results.json.</summary>
    public void WriteResults(IEnumerable<ResultRow> rows, string? fingerprint = null) => Write("results.json",
        """{"study":"fractal","preset":"quick","seed":7,"versions":{"veer":"0.1.0","libtorch":"2.10.0"},"seconds":243.7,"""
        + (fingerprint is null ? "" : $"\"fingerprint\":{fingerprint},") + "\"rows\":["
        + string.Join(",\n", rows.Select(row =>
            $$"""{"guidance":"{{row.Guidance}}","scale":{{row.Scale}},"class":"{{row.Class}}","stage":"{{row.Stage}}","metric":"{{row.Metric}}","value":{{(row.Value is { } value ? $"{value:R}" : "null")}}}"""))
        + "]}");

    private double Value(string metric, double factor, double unit)
    {
        double noisy = factor * (0.95 + 0.1 * random.NextDouble());
        return metric switch { "log-density" => 3 - noisy / 3, "label-agreement" => 1 - noisy / 20, "off-class" or "outliers" => noisy / 100, _ => unit * noisy };
    }

    public void WriteTrajectories(string name, int paths, int dimensions, int classes)
    {
        const int steps = 30;
        float[] states = new float[steps * paths * dimensions];
        double[] start = [.. Enumerable.Range(0, paths * dimensions).Select(_ => Normal())];
        for (int step = 0; step < steps; step++)
            for (int i = 0; i < start.Length; i++)
            {
                double t = step / (steps - 1.0), angle = 2 * (i / dimensions % classes) + i % dimensions * Math.PI / 2;
                states[step * start.Length + i] = (float)((1 - t) * start[i] + t * Math.Cos(angle) + 0.3 * Math.Sin(Math.PI * t) * Math.Sin(angle));
            }
        WriteArrays(name, ("states", states, [steps, paths, dimensions]), ("labels", Labels(paths, classes), [paths]),
            ("signal", new float[steps], [steps]), ("noise", new float[steps], [steps]));
    }

    public void WriteTraining(string[] models, int steps)
    {
        foreach (string model in models)
            Write($"models/{model}/training.csv", "step,loss,learning_rate,seconds\n" + string.Concat(
                Enumerable.Range(1, steps / 10).Select(i => $"{10 * i},{(0.05 + 1 / Math.Sqrt(i)) * Math.Exp(0.2 * Normal()):R},0.001,{0.1 * i:R}\n")));
    }

    public void WriteDenoiserErrors(string model) => Write($"models/{model}/denoiser-error.json", "[" + string.Join(",",
        from label in (string[])["conditional", "unconditional"]
        from level in Enumerable.Range(0, 20)
        let noise = 0.02 + 0.97 * level / 19
        select $$"""{"signal":{{Math.Sqrt(1 - noise * noise):R}},"noise":{{noise:R}},"label":"{{label}}","error":{{0.02 * Math.Exp(-3 * noise):R}},"oracle":{{1 - 0.98 * noise:R}}}""") + "]");

    public float[] Spiral(int points, double spread, double push) => [.. Enumerable.Range(0, points).SelectMany(i =>
    {
        double t = Math.Sqrt(random.NextDouble()), angle = 5 * t, side = i % 2 == 0 ? 1 : -1;
        return (float[])[(float)(side * (t * Math.Cos(angle) + push) + spread * Normal()), (float)(side * (t * Math.Sin(angle) + push) + spread * Normal())];
    })];

    public static long[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => (long)(i % classes))];

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public void WriteArrays(string name, params (string Name, Array Values, int[] Shape)[] arrays) =>
        WriteArrays(name, [.. arrays.Select(array => (array.Name, array.Values, Array.ConvertAll(array.Shape, side => (long)side)))]);

    public void WriteArrays(string name, (string Name, Array Values, long[] Shape)[] arrays)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        using var zip = new ZipArchive(File.Create(At(name)), ZipArchiveMode.Create);
        foreach (var (key, values, shape) in arrays)
        {
            byte[] data = new byte[Buffer.ByteLength(values)];
            Buffer.BlockCopy(values, 0, data, 0, data.Length);
            string header = $"{{'descr': '{(values switch { long[] => "<i8", byte[] => "|u1", _ => "<f4" })}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)},), }}";
            header = header.PadRight((header.Length + 74) / 64 * 64 - 11 + 64) + "\n";
            using var stream = zip.CreateEntry(key + ".npy").Open();
            stream.Write([0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. data]);
        }
    }
}
