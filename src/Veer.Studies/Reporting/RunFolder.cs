using System.Globalization;
using System.Text.RegularExpressions;
using Veer.Formats;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static TorchSharp.torch;

namespace Veer.Studies.Reporting;

/// <summary>What a run left in its folder (docs/formats.md, "A run's folder"). results.json and study.yaml must be there; all else may be missing.</summary>
internal sealed partial class RunFolder
{
    /// <exception cref="InputException">The folder, results.json or study.yaml is missing or cannot be read as what it should be.</exception>
    public RunFolder(string path)
    {
        if (!Directory.Exists(path)) throw new InputException($"{path}: no such folder; expected the folder of a run");
        Root = path;
        foreach (string name in (string[])["results.json", "study.yaml"])
            if (!File.Exists(At(name))) throw new InputException($"{At(name)}: missing; expected the folder of a finished run");
        Results = RunResults.Read(At("results.json"));
        StudyText = File.ReadAllText(At("study.yaml"));
        (Title, Summary) = ReadStudy();
    }

    public string Root { get; }

    public RunResults Results { get; }

    /// <summary>study.yaml as it stands.</summary>
    public string StudyText { get; }

    /// <summary>The study's title, or its name when it has none.</summary>
    public string Title { get; }

    /// <summary>The study's own description, if any.</summary>
    public string? Summary { get; }

    public RealSet? Real()
    {
        if (!File.Exists(At("samples/real.npz"))) return null;
        var arrays = ReadArrays("samples/real.npz");
        var points = Array(arrays, "points", 2, "samples/real.npz");
        return new RealSet(points, Labels(arrays, points.Rows, "samples/real.npz"));
    }

    /// <summary>Every sample set, by guidance and scale.</summary>
    public IReadOnlyList<SampleSet> Samples() =>
        [.. Guided(file => !file.StartsWith("trajectories-", StringComparison.Ordinal))
            .Select(entry => ReadSamples(entry.File, entry.Guidance, entry.Scale))];

    /// <summary>Every set of trajectories, by guidance and scale.</summary>
    public IReadOnlyList<TrajectorySet> Trajectories() =>
        [.. Guided(file => file.StartsWith("trajectories-", StringComparison.Ordinal))
            .Select(entry => ReadTrajectories(entry.File, entry.Guidance["trajectories-".Length..], entry.Scale))];

    public ImageDecoder? Decoder()
    {
        const string name = "samples/decoder.npz";
        if (!File.Exists(At(name))) return null;
        var arrays = ReadArrays(name);
        var (mean, components, shape) = (Array(arrays, "mean", 1, name), Array(arrays, "components", 2, name), Array(arrays, "shape", 1, name));
        if (shape.Rows != 2 || (int)shape.Values[0] * (int)shape.Values[1] != mean.Rows || components.Width != mean.Rows)
            throw new InputException(At(name), "shape", $"[{string.Join(", ", shape.Values)}]", $"height and width of {mean.Rows} pixels");
        return new ImageDecoder(mean, components, (int)shape.Values[0], (int)shape.Values[1]);
    }

    public IReadOnlyList<DenoiserErrorRow> DenoiserErrors() =>
        File.Exists(At("denoiser-error.json")) ? DenoiserErrorFile.Read(At("denoiser-error.json")) : [];

    /// <summary>The training curve of every model, by name.</summary>
    public IReadOnlyList<TrainingCurve> TrainingCurves() => !Directory.Exists(At("models")) ? [] :
        [.. Directory.GetDirectories(At("models")).Order(StringComparer.Ordinal)
            .Select(model => (Name: Path.GetFileName(model), File: Path.Combine(model, "training.csv")))
            .Where(model => File.Exists(model.File))
            .Select(model => TrainingFile.Read(model.File, model.Name))
            .Where(curve => curve.Steps.Length > 0)];

    private Dictionary<string, NumericArray> ReadArrays(string name)
    {
        using var scope = NewDisposeScope();
        return Npz.Read(At(name)).ToDictionary(entry => entry.Key, entry => new NumericArray(
            entry.Value.to(ScalarType.Float32).data<float>().ToArray(), [.. entry.Value.shape.Select(side => checked((int)side))]));
    }

    private string At(string name) => Path.Combine(Root, name);

    private (string Title, string? Summary) ReadStudy()
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(StudyText));
        }
        catch (YamlException fault)
        {
            throw new InputException(At("study.yaml"), $"line {fault.Start.Line}", "broken YAML", "a resolved study");
        }
        var settings = yaml.Documents.FirstOrDefault()?.RootNode as YamlMappingNode;
        string? Scalar(string key) =>
            settings?.Children.TryGetValue(new YamlScalarNode(key), out var node) == true ? (node as YamlScalarNode)?.Value : null;
        return (Scalar("title") ?? Text.Capitalize(Results.Study), Scalar("description") ?? Scalar("summary"));
    }

    private IEnumerable<(string File, string Guidance, double Scale)> Guided(Func<string, bool> wanted)
    {
        if (!Directory.Exists(At("samples"))) return [];
        return Directory.GetFiles(At("samples"), "*.npz").Select(file => Path.GetFileName(file)).Where(wanted)
            .Select(file => (File: file, Match: GuidedName().Match(file)))
            .Where(entry => entry.Match.Success)
            .Select(entry => ("samples/" + entry.File, entry.Match.Groups["guidance"].Value,
                double.Parse(entry.Match.Groups["scale"].ValueSpan, NumberStyles.Float, Text.Invariant)))
            .OrderBy(entry => entry.Item2, StringComparer.Ordinal).ThenBy(entry => entry.Item3);
    }

    private SampleSet ReadSamples(string name, string guidance, double scale)
    {
        var arrays = ReadArrays(name);
        var stages = arrays.Keys.Where(stage => stage != "labels").OrderBy(Stages.Rank).ThenBy(stage => stage, StringComparer.Ordinal)
            .Select(stage => (stage, Array(arrays, stage, 2, name))).ToList();
        if (stages.Count == 0) throw new InputException(At(name), "before", "nothing", "an array [N, D]");
        int[] labels = Labels(arrays, stages[0].Item2.Rows, name);
        foreach (var (stage, points) in stages)
            if (points.Rows != labels.Length) throw new InputException(At(name), stage, $"{points.Rows} rows", $"{labels.Length}, one per label");
        return new SampleSet(guidance, scale, labels, stages);
    }

    private TrajectorySet ReadTrajectories(string name, string guidance, double scale)
    {
        var arrays = ReadArrays(name);
        var states = Array(arrays, "states", 3, name);
        return new TrajectorySet(guidance, scale, states, Labels(arrays, states.Shape[1], name));
    }

    private NumericArray Array(Dictionary<string, NumericArray> arrays, string key, int rank, string name)
    {
        if (!arrays.TryGetValue(key, out var array)) throw new InputException(At(name), key, "nothing", $"an array of {rank} dimensions");
        return array.Shape.Length == rank ? array
            : throw new InputException(At(name), key, $"shape [{string.Join(", ", array.Shape)}]", $"{rank} dimensions");
    }

    private int[] Labels(Dictionary<string, NumericArray> arrays, int count, string name)
    {
        int[] labels = Array(arrays, "labels", 1, name).ToLabels();
        return labels.Length == count ? labels : throw new InputException(At(name), "labels", $"{labels.Length} labels", $"{count}, one per row");
    }

    [GeneratedRegex(@"^(?<guidance>.+)-w(?<scale>-?\d+(\.\d+)?)\.npz$")]
    private static partial Regex GuidedName();
}
