using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Veer.Diffusion;
using Veer.Evaluation;
using Veer.Formats;
using Veer.Sampling;
using Veer.Studies.Settings;

namespace Veer.Studies.Runs;

/// <summary>A run's folder (docs/formats.md): every file that a run leaves in it is written and read here, by the same types.</summary>
/// <param name="root">The folder.</param>
/// <param name="cancellation">Asked before every file that is read.</param>
internal sealed partial class RunFolder(string root, CancellationToken cancellation = default)
{
    private Results? results;

    public RunPaths Paths { get; } = new(root);

    /// <summary>results.json.</summary>
    /// <exception cref="InputException">It is missing or no such file.</exception>
    public Results Results => results ??= Results.Read(Paths.Results, cancellation);

    /// <summary>A folder that holds a finished run: results.json and study.yaml must be there, all else may be missing.</summary>
    /// <exception cref="InputException">It does not, or results.json cannot be read.</exception>
    public static RunFolder Finished(string path, CancellationToken cancellation)
    {
        if (!Directory.Exists(path)) throw new InputException($"\"{path}\": {(File.Exists(path) ? "a file" : "no such folder")}; expected the folder of a run");
        var folder = new RunFolder(path, cancellation);
        foreach (string file in (string[])[folder.Paths.Results, folder.Paths.Study])
            if (!File.Exists(file)) throw new InputException($"{file}: missing; expected the folder of a finished run");
        // the results of a run that was begun again with other data or settings, and stopped, are not of what lies beside them
        if (File.Exists(folder.Paths.Done) && !DoneStages.Read(path).Values.Any(stage => stage.Output == Path.GetFileName(folder.Paths.Results)))
            throw new InputException($"{folder.Paths.Results}: older than what a later run made beside it; expected the folder of a finished run: start that run again");
        _ = folder.Results;
        return folder;
    }

    public void Write(string guidance, double scale, EvaluationResult evaluation) => AtomicFile.WriteText(Paths.Evaluation(guidance, scale), evaluation.ToJson());

    /// <summary>Given samples before and after their repair, with intervals and floors; null where they were not measured so.</summary>
    public EvaluationResult? Evaluation(string guidance, double scale) =>
        Paths.Evaluation(guidance, scale) is var path && File.Exists(path) ? EvaluationResult.Read(path) : null;

    public void Write(StudySettings settings) => AtomicFile.WriteText(Paths.Study, StudyFile.ToYaml(settings));

    /// <summary>study.yaml, and its text as it stands.</summary>
    /// <exception cref="InputException">It is no resolved study.</exception>
    public (StudyNotes Notes, string Text) Study()
    {
        string text = File.ReadAllText(Paths.Study);
        return (StudyNotes.Read(Paths.Study, text), text);
    }

    /// <param name="points">[N, D], or of images [N, H, W, C] bytes.</param>
    /// <param name="labels">[N] int64.</param>
    public void WriteReal(Tensor points, Tensor labels) => Npz.Write(Paths.Real, new Dictionary<string, Tensor> { ["points"] = points, ["labels"] = labels });

    public RealSet? Real() => Optional(Paths.Real, RealSet.Read);

    /// <param name="mean">[P].</param>
    /// <param name="components">[D, P].</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public void WriteDecoder(Tensor mean, Tensor components, int height, int width) => Npz.Write(Paths.Decoder, new Dictionary<string, Tensor>
    {
        ["mean"] = mean,
        ["components"] = components,
        ["shape"] = tensor(new long[] { height, width }),
    });

    /// <summary>How points become images; null where they are none.</summary>
    public PixelComponents? Decoder(RealSet real) => Optional(Paths.Decoder, file => PixelComponents.Read(file, real.Points.Width));

    /// <param name="grid">[G].</param>
    /// <param name="values">[S, G].</param>
    public void WriteDensity(Tensor grid, Tensor values) => Npz.Write(Paths.Density, new Dictionary<string, Tensor> { ["grid"] = grid, ["values"] = values });

    /// <param name="guidance">Whose.</param>
    /// <param name="marks">The state that each belongs to, and the place of a point on a line, or the two ends of a segment in the plane.</param>
    /// <param name="line">Whether they are points.</param>
    public void WriteBoundary(string guidance, IReadOnlyList<(int Step, double[] At)> marks, bool line) => Npz.Write(Paths.Boundary(guidance), new Dictionary<string, Tensor>
    {
        ["steps"] = tensor(marks.Select(mark => (long)mark.Step).ToArray()),
        [line ? "points" : "segments"] = tensor(marks.SelectMany(mark => mark.At).Select(value => (float)value).ToArray()).reshape(line ? [marks.Count, 1] : [marks.Count, 2, 2]),
    });

    public DrawnBoundary? Boundary(string guidance) => Optional(Paths.Boundary(guidance), DrawnBoundary.Read);

    /// <summary>Every sample set, by guidance and scale; each is read when its turn comes, since images are large.</summary>
    public IEnumerable<SampleSet> Samples(RealSet real)
    {
        var order = Stages.InOrder(Results.Rows.Select(row => row.Stage));
        return Guided(Paths.Samples, ".npz", "").Select(entry => SampleSet.Read(entry.File, entry.Guidance, entry.Scale, order, real));
    }

    /// <summary>What the judge says of a sample set, stage by stage; null where none looked at it.</summary>
    public IReadOnlyDictionary<string, JudgedStage>? Judged(SampleSet samples, RealSet real) =>
        Optional(Paths.Judged(samples.Guidance, samples.Scale), file => JudgedStage.ReadAll(file, samples, real));

    /// <param name="path">The file, in the folder of what a generator made at one scale.</param>
    /// <param name="trajectory">Of n samples.</param>
    /// <param name="labels">[n].</param>
    /// <param name="ancestral">The first of them by ancestral steps, where that is drawn.</param>
    public static void WriteTrajectory(string path, Trajectory trajectory, Tensor labels, Trajectory? ancestral)
    {
        var arrays = new Dictionary<string, Tensor>
        {
            ["states"] = trajectory.States.flatten(2),
            ["signal"] = tensor(trajectory.Levels.Select(level => level.Alpha).ToArray()),
            ["noise"] = tensor(trajectory.Levels.Select(level => level.Sigma).ToArray()),
            ["labels"] = labels,
        };
        if (ancestral is not null) arrays["ancestral"] = ancestral.States;
        Npz.Write(path, arrays);
    }

    /// <summary>The trajectories of one guidance and scale with their labels, as they were written.</summary>
    public (Trajectory Trajectory, Tensor Labels) Trajectory(string guidance, double scale)
    {
        var arrays = Npz.Read(RunPaths.Trajectories(Paths.Generated(guidance, scale)));
        var levels = arrays["signal"].data<double>().Zip(arrays["noise"].data<double>(), (signal, noise) => new NoiseLevel(signal, noise));
        return (new(arrays["states"], [.. levels]), arrays["labels"]);
    }

    /// <summary>The trajectories of every guidance, with what is drawn behind them.</summary>
    public IReadOnlyList<GuidedTrajectories> Trajectories()
    {
        var density = Optional(Paths.Density, LineDensity.Read);
        return [.. Guided(Paths.AllGenerated, "", RunPaths.Trajectories("")).Select(entry => TrajectorySet.Read(entry.File, entry.Guidance, entry.Scale)).GroupBy(set => set.Guidance)
            .Select(sets => new GuidedTrajectories(sets.Key, [.. sets], Boundary(sets.Key), sets.First().Dimensions == 1 ? density : null).Checked(Paths))];
    }

    public static void WriteDenoiserErrors(string model, IReadOnlyList<DenoiserErrorRow> rows) =>
        AtomicFile.WriteText(RunPaths.DenoiserError(model), JsonSerializer.Serialize(rows, JsonPolicy.Options) + "\n");

    /// <summary>The errors of every denoiser whose truth is known, by name.</summary>
    public IReadOnlyList<DenoiserErrors> DenoiserErrors() => [.. Models(RunPaths.DenoiserError("")).Select(model =>
    {
        var rows = JsonInput.Deserialize<List<DenoiserErrorRow?>>(model.File, "a list of signal, noise, label, error and oracle", RowOptions, cancellation: cancellation);
        return new DenoiserErrors(model.Name, [.. rows.Select((row, place) => row ?? throw new InputException(model.File, FormattableString.Invariant($"[{place}]"), "null", "an object"))]);
    })];

    /// <summary>How strengths were chosen; without any choice there is no file.</summary>
    public void Write(IReadOnlyList<StrengthTrial> trials)
    {
        if (trials.Count == 0) File.Delete(Paths.Strengths);
        else AtomicFile.WriteText(Paths.Strengths, JsonSerializer.Serialize(trials, RowOptions) + "\n");
    }

    /// <summary>How strengths were chosen, of what the results are of.</summary>
    public IReadOnlyList<StrengthTrial> StrengthTrials()
    {
        if (!File.Exists(Paths.Strengths)) return [];
        var trials = JsonInput.Deserialize<List<StrengthTrial?>>(Paths.Strengths, "a list of guidance, scale, stage, metric, chosen and tried", RowOptions, cancellation: cancellation);
        return [.. trials.Select((trial, place) => trial ?? throw new InputException(Paths.Strengths, FormattableString.Invariant($"[{place}]"), "null", "an object"))];
    }

    /// <summary>The training curve of every model, by name.</summary>
    public IReadOnlyList<TrainingCurve> TrainingCurves() =>
        [.. Models(RunPaths.TrainingCurve("")).Select(model => TrainingCurve.Read(model.File, model.Name)).Where(curve => curve.Steps.Length > 0)];

    private static JsonSerializerOptions RowOptions { get; } = new(JsonPolicy.Options) { RespectRequiredConstructorParameters = true };

    private T? Optional<T>(string path, Func<ArrayFile, T> read) where T : class
    {
        cancellation.ThrowIfCancellationRequested();
        return File.Exists(path) ? read(new(path, cancellation)) : null;
    }

    private IEnumerable<(string Name, string File)> Models(string file) => !Directory.Exists(Paths.Models) ? [] :
        Directory.GetDirectories(Paths.Models).Order(StringComparer.Ordinal)
            .Select(model => (Path.GetFileName(model), File: Path.Combine(model, file)))
            .Where(model => File.Exists(model.File));

    /// <summary>The files that bear, or whose folder bears, the name of a guidance and a scale, in the order of the results. What an earlier run of other settings left is not of this run.</summary>
    private IEnumerable<(ArrayFile File, string Guidance, double Scale)> Guided(string folder, string extension, string within)
    {
        var guidances = Results.Rows.Select(row => row.Guidance).Distinct().ToList();
        var measured = Results.Rows.Where(row => row.Stage != Stages.Real).Select(row => RunPaths.Guided(row.Guidance, row.Scale)).ToHashSet();
        return
            from path in Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder, "*" + extension) : []
            let match = GuidedName().Match(Path.GetFileName(path)[..^extension.Length])
            where match.Success
            let guidance = match.Groups["guidance"].Value
            let scale = double.Parse(match.Groups["scale"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture)
            where measured.Count == 0 || measured.Contains(RunPaths.Guided(guidance, scale))
            let file = Path.Join(path, within)
            where File.Exists(file)
            orderby guidances.IndexOf(guidance), scale
            select (Opened(file), guidance, scale);

        ArrayFile Opened(string path)
        {
            cancellation.ThrowIfCancellationRequested();
            return new(path, cancellation);
        }
    }

    [GeneratedRegex(@"^(?<guidance>.+)-w(?<scale>-?[0-9]+(\.[0-9]+)?)$")]
    private static partial Regex GuidedName();
}
