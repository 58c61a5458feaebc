using Veer.Studies.Runs;

namespace Veer.Tests.Studies;

/// <summary>Run folders of a study on a line: two Gaussian classes under guidances whose trajectories follow the mixture's true scores.</summary>
internal static class ReportLineFolder
{
    public const string Learned = "classifier-free", Exact = "classifier-free-exact", Linear = "classifier-linear", ExactClassifier = "classifier-exact";

    public const int States = 41;

    private const int Paths = 80, AncestralPaths = 30, Places = 121;
    private const double FarthestPlace = 6;

    private static readonly double[] Means = [-1, 1], Deviations = [0.5, 0.6];
    private static readonly int[] Scales = [1, 2, 5, 10];

    /// <summary>A guidance, with how far its scale is off the true one: what a learned model gets wrong.</summary>
    private static readonly (string Name, string Settings, double Error)[] Guidances =
    [
        (Learned, "kind: classifier-free, denoiser: base", 1.2), (Exact, "kind: classifier-free, denoiser: exact", 1),
        (Linear, "kind: classifier, denoiser: base, classifier: linear", 0.5), (ExactClassifier, "kind: classifier, denoiser: exact, classifier: exact", 0.9),
    ];

    /// <summary>The guidances of those names, or all.</summary>
    public static ReportRunFolder Create(params string[] names)
    {
        var guidances = Guidances.Where(guidance => names.Length == 0 || names.Contains(guidance.Name)).ToList();
        var folder = new ReportRunFolder();
        folder.Write("study.yaml", "title: Guidance on a line\nreproduces: Fig. 1 to 3\nguidances:\n"
            + string.Concat(guidances.Select(guidance => $"  {guidance.Name}: {{ {guidance.Settings} }}\n")));
        folder.WriteArrays("samples/real.npz", ("points", Draw(folder, 200), [200, 1]), ("labels", ReportRunFolder.Labels(200, 2), [200]));
        var rows = new List<ResultRow>();
        foreach (var (name, _, error) in guidances)
        {
            foreach (int scale in Scales) rows.AddRange(AddScale(folder, name, scale, 1 + (scale - 1) * error));
            WriteBoundary(folder, name);
        }
        folder.WriteResults(rows);
        WriteDensity(folder, States);
        folder.WriteTraining(["base", "classifier-linear"], steps: 400);
        return folder;
    }

    public static void WriteDensity(ReportRunFolder folder, int states)
    {
        float[] grid = [.. Enumerable.Range(0, Places).Select(i => (float)(FarthestPlace * (2.0 * i / (Places - 1) - 1)))];
        float[] values = [.. Enumerable.Range(0, states).SelectMany(step => grid.Select(x => (float)(0.5 * (Density(0, x, step) + Density(1, x, step)))))];
        folder.WriteArrays("samples/density.npz", ("grid", grid, [Places]), ("values", values, [states, Places]));
    }

    private static IEnumerable<ResultRow> AddScale(ReportRunFolder folder, string name, int scale, double strength)
    {
        float[] start = [.. Enumerable.Range(0, Paths).Select(_ => (float)folder.Normal())];
        float[] states = Follow(start, strength), ancestral = Follow([.. start.Take(AncestralPaths)], strength, folder.Normal);
        folder.WriteArrays($"generated/{name}-w{scale}/trajectories.npz",
            ("states", states, [States, Paths, 1]), ("ancestral", ancestral, [States, AncestralPaths, 1]), ("labels", ReportRunFolder.Labels(Paths, 2), [Paths]),
            ("signal", Levels(Signal), [States]), ("noise", Levels(Noise), [States]));
        double distance = states.Average(x => Math.Abs(x)), least = Enumerable.Range(0, Paths).Average(i => Enumerable.Range(0, States).Min(step => Math.Abs(states[step * Paths + i])));
        double bend = 1 + 0.05 * (scale - 1), shift = 0.02 + 0.1 * (strength - 1);
        foreach (var (metric, value) in ((string, double)[])[("boundary-distance", distance), ("boundary-least-distance", least), ("bend", bend), ("wasserstein-1", shift), ("seconds", 12)])
            yield return new(name, scale, "all", "before", metric, value);
    }

    private static float[] Follow(float[] start, double strength, Func<double>? normal = null)
    {
        float[] states = new float[States * start.Length];
        start.CopyTo(states, 0);
        for (int step = 1; step < States; step++)
        {
            var (a, b, nextA, nextB) = (Signal(step - 1), Noise(step - 1), Signal(step), Noise(step));
            double fresh = normal is null ? 0 : nextB / b * Math.Sqrt(Math.Max(0, b * b - Math.Pow(a / nextA * nextB, 2)));
            for (int i = 0; i < start.Length; i++)
            {
                double x = states[(step - 1) * start.Length + i];
                double noise = -b * ((1 - strength) * MixtureScore(x, step - 1) + strength * Score(i % 2, x, step - 1)), clean = (x - b * noise) / a;
                states[step * start.Length + i] = (float)(nextA * clean + Math.Sqrt(Math.Max(0, nextB * nextB - fresh * fresh)) * noise + fresh * (normal?.Invoke() ?? 0));
            }
        }
        return states;
    }

    private static void WriteBoundary(ReportRunFolder folder, string name)
    {
        var points = Enumerable.Range(0, States).SelectMany(step =>
        {
            double[] places = [.. Enumerable.Range(0, 1201).Select(i => 6 - i / 100.0)];
            return places.Zip(places.Skip(1)).Where(pair => Difference(pair.First) * Difference(pair.Second) < 0).Select(pair => (Step: (long)step, Place: (float)pair.First));

            double Difference(double x) => Density(0, x, step) - Density(1, x, step);
        }).ToList();
        folder.WriteArrays($"samples/boundary-{name}.npz",
            ("steps", points.Select(point => point.Step).ToArray(), [points.Count]), ("points", points.Select(point => point.Place).ToArray(), [points.Count, 1]));
    }

    private static float[] Draw(ReportRunFolder folder, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(Means[i % 2] + Deviations[i % 2] * folder.Normal()))];

    private static float[] Levels(Func<int, double> level) => [.. Enumerable.Range(0, States).Select(step => (float)level(step))];

    private static double Signal(int step) => Math.Sin(0.02 + 1.54 * step / (States - 1));

    private static double Noise(int step) => Math.Cos(0.02 + 1.54 * step / (States - 1));

    private static double Variance(int label, int step) => Math.Pow(Signal(step) * Deviations[label], 2) + Math.Pow(Noise(step), 2);

    private static double Density(int label, double x, int step) =>
        Math.Exp(-Math.Pow(x - Signal(step) * Means[label], 2) / Variance(label, step) / 2) / Math.Sqrt(2 * Math.PI * Variance(label, step));

    private static double Score(int label, double x, int step) => (Signal(step) * Means[label] - x) / Variance(label, step);

    private static double MixtureScore(double x, int step)
    {
        double first = Density(0, x, step), second = Density(1, x, step);
        return first + second == 0 ? Score(0, x, step) : (first * Score(0, x, step) + second * Score(1, x, step)) / (first + second);
    }
}
