using System.Globalization;
using System.Text.RegularExpressions;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

namespace Veer.Studies.Reporting;

/// <summary>What a run left in its folder (docs/formats.md, "A run's folder"). results.json and study.yaml must be there; all else may be missing.</summary>
internal sealed partial class RunFolder
{
    private readonly CancellationToken cancellation;
    private readonly IReadOnlyList<string> stageOrder, guidanceOrder;
    private readonly HashSet<(string Guidance, double Scale)> measured;

    /// <param name="path">The folder.</param>
    /// <param name="cancellation">Asked before every file.</param>
    /// <exception cref="InputException">The folder, results.json or study.yaml is missing or cannot be read as what it should be.</exception>
    public RunFolder(string path, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(path)) throw new InputException($"\"{path}\": {(File.Exists(path) ? "a file" : "no such folder")}; expected the folder of a run");
        (Root, this.cancellation) = (path, cancellation);
        foreach (string name in (string[])["results.json", "study.yaml"])
            if (!File.Exists(At(name))) throw new InputException($"{At(name)}: missing; expected the folder of a finished run");
        Results = RunResults.Read(At("results.json"));
        StudyText = File.ReadAllText(At("study.yaml"));
        Study = StudyNotes.Read(At("study.yaml"), StudyText);
        stageOrder = Stages.InOrder(Results.Rows.Select(row => row.Stage));
        guidanceOrder = [.. Results.Rows.Select(row => row.Guidance).Distinct()];
        measured = [.. Results.Rows.Where(row => row.Stage != Stages.Real).Select(row => (row.Guidance, row.Scale))];
    }

    public string Root { get; }

    public RunResults Results { get; }

    /// <summary>study.yaml as it stands.</summary>
    public string StudyText { get; }

    public StudyNotes Study { get; }

    /// <summary>The study's title, or its name when it has none.</summary>
    public string Title => Study.Title ?? Text.Capitalize(Results.Study);

    public RealSet? Real() => Optional("samples/real.npz", RealSet.Read);

    /// <summary>How points become images; null where they are none.</summary>
    public IImageDecoder? Decoder(RealSet real) => real.IsImages
        ? ByteDecoder.Of(real.Points) : Optional("samples/decoder.npz", path => ComponentDecoder.Read(path, real.Points.Width));

    public LineDensity? Density() => Optional("samples/density.npz", LineDensity.Read);

    public DrawnBoundary? Boundary(string guidance) =>
        Optional($"samples/boundary-{guidance}.npz", path => DrawnBoundary.Read(path, guidance));

    /// <summary>Every sample set, by guidance and scale; each is read when its turn comes, since images are large.</summary>
    public IEnumerable<SampleSet> Samples(RealSet real) => !Directory.Exists(At("samples")) ? [] :
        Guided(Directory.GetFiles(At("samples"), "*.npz"), Path.GetFileNameWithoutExtension)
            .Select(entry => SampleSet.Read(entry.Path, entry.Guidance, entry.Scale, stageOrder, real));

    /// <summary>What the judge says of a sample set; null where none looked at it.</summary>
    public JudgedSet? Judged(SampleSet samples, RealSet real) =>
        Optional($"judged/{samples.Guidance}-w{Text.Scale(samples.Scale)}.npz", path => JudgedSet.Read(path, samples, real));

    /// <summary>Every set of trajectories, by guidance and scale.</summary>
    public IReadOnlyList<TrajectorySet> Trajectories() => !Directory.Exists(At("generated")) ? [] :
        [.. Guided(Directory.GetDirectories(At("generated")), Path.GetFileName)
            .Select(entry => entry with { Path = Path.Combine(entry.Path, "trajectories.npz") })
            .Where(entry => File.Exists(entry.Path))
            .Select(entry => TrajectorySet.Read(entry.Path, entry.Guidance, entry.Scale))];

    /// <summary>The errors of every denoiser whose truth is known, by name.</summary>
    public IReadOnlyList<DenoiserErrors> DenoiserErrors() =>
        [.. Models("denoiser-error.json").Select(model => new DenoiserErrors(model.Name, DenoiserErrorFile.Read(model.File)))];

    /// <summary>The training curve of every model, by name.</summary>
    public IReadOnlyList<TrainingCurve> TrainingCurves() =>
        [.. Models("training.csv").Select(model => TrainingFile.Read(model.File, model.Name)).Where(curve => curve.Steps.Length > 0)];

    /// <summary>The path of a file of this folder.</summary>
    public string At(string name) => Path.Combine(Root, name);

    private T? Optional<T>(string name, Func<string, T> read) where T : class => File.Exists(Asked(At(name))) ? read(At(name)) : null;

    private IEnumerable<(string Name, string File)> Models(string file) => !Directory.Exists(At("models")) ? [] :
        Directory.GetDirectories(At("models")).Order(StringComparer.Ordinal)
            .Select(model => (Path.GetFileName(model), File: Path.Combine(model, file)))
            .Where(model => File.Exists(model.File));

    /// <summary>What bears the name of a guidance and a scale, in the order of the results. What an earlier run of other settings left is not of this run.</summary>
    private IEnumerable<(string Path, string Guidance, double Scale)> Guided(IEnumerable<string> paths, Func<string, string?> nameOf) =>
        from path in paths.Order(StringComparer.Ordinal)
        let match = GuidedName().Match(nameOf(path)!)
        where match.Success
        let guidance = match.Groups["guidance"].Value
        let scale = double.Parse(match.Groups["scale"].ValueSpan, NumberStyles.Float, Text.Invariant)
        where measured.Count == 0 || measured.Any(entry => entry.Guidance == guidance && Text.Scale(entry.Scale) == Text.Scale(scale))
        orderby guidanceOrder.ToList().IndexOf(guidance), scale
        select Asked((path, guidance, scale));

    private T Asked<T>(T next)
    {
        cancellation.ThrowIfCancellationRequested();
        return next;
    }

    [GeneratedRegex(@"^(?<guidance>.+)-w(?<scale>-?[0-9]+(\.[0-9]+)?)$")]
    private static partial Regex GuidedName();
}
