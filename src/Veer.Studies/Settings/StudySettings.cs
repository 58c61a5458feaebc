using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Veer.Features;
using Veer.Metrics;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Sampling;

namespace Veer.Studies.Settings;

/// <summary>A study: one file, one command, one page. Keys are these names in snake_case.</summary>
public sealed record StudySettings
{
    /// <summary>
    /// What images, and samples that were given, are repaired with if nothing is said: with generators that are good at small scales strength 1 can do harm there
    /// (arXiv 2503.10638, Tab. 2 and 3; docs/results). Of samples that were given nobody knows how good they are.
    /// </summary>
    private static readonly IReadOnlyList<double> Quarters = StrengthCurve.Usual;

    /// <summary>What the study shows, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>The figures and tables of arXiv 2503.10638 that it reproduces.</summary>
    public string Reproduces { get; init; } = "";

    /// <summary>Expected minutes on two processor cores.</summary>
    [Range(0.0, 1e9)]
    public double Minutes { get; init; }

    /// <summary>Where real points come from.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The generators, by name; "exact" is the closed form of the data, where there is one, and needs no entry.</summary>
    public IReadOnlyDictionary<string, DenoiserOptions> Denoisers { get; init; } =
        new Dictionary<string, DenoiserOptions> { [VariantNames.Denoiser] = new() };

    /// <summary>Noisy classifiers, by name; "exact" is the closed form.</summary>
    public IReadOnlyDictionary<string, ClassifierOptions> Classifiers { get; init; } = new Dictionary<string, ClassifierOptions>();

    /// <summary>How generators are guided, by name.</summary>
    public IReadOnlyDictionary<string, GuidanceSettings> Guidances { get; init; } =
        new Dictionary<string, GuidanceSettings> { [GuidanceSettings.DefaultKind] = new() };

    /// <summary>Samples of other generators, by name: in the place of denoisers and guidances.</summary>
    public IReadOnlyDictionary<string, GeneratedSettings>? Generated { get; init; }

    /// <summary>How given samples and their real points are read, where their files do not say it.</summary>
    public ReadingSettings? Reading { get; init; }

    /// <summary>How generated samples are divided, and real points of which none are held out.</summary>
    public SplitSettings Split { get; init; } = new();

    /// <summary>How samples are drawn.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>The postprocessing flows, by name; each is trained on the samples of one guidance.</summary>
    public IReadOnlyDictionary<string, PostprocessorSettings> Postprocessors { get; init; } = new Dictionary<string, PostprocessorSettings>
    {
        [VariantNames.Individual] = new() { Train = PostprocessorSettings.EachScale },
        [VariantNames.OneForAll] = new() { Train = PostprocessorSettings.AllScales, Pairing = Pairings.Nearest.Name },
    };

    /// <summary>How postprocessors are applied, by name.</summary>
    public IReadOnlyDictionary<string, ApplicationSettings> Applications { get; init; } =
        new Dictionary<string, ApplicationSettings> { [VariantNames.Application] = new() };

    /// <summary>The training of an evaluation classifier of the images ("judge"), for a study that trains one.</summary>
    public ImageJudgeOptions? Judge { get; init; }

    /// <summary>How results are measured.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>Numbers of the paper, which the report sets beside the run's own.</summary>
    public PublishedNumbers? Published { get; init; }

    /// <summary>The options whose process a denoiser undoes: its own; the exact one takes that of the study's first.</summary>
    internal DenoiserOptions ProcessOf(string denoiser) => Denoisers.GetValueOrDefault(denoiser) ?? Denoisers.Values.FirstOrDefault() ?? new();

    /// <summary>The samples that are measured and repaired, by the name of their guidance or of their set, and their scales.</summary>
    internal IReadOnlyDictionary<string, SampledScales> Sources => Generated is null
        ? Guidances.ToDictionary(entry => entry.Key, entry => new SampledScales(entry.Value.Scales, entry.Value.AllScales))
        : Generated.ToDictionary(entry => entry.Key, entry => new SampledScales([.. entry.Value.Sets.Select(set => set.Scale)]));

    /// <summary>Whether a postprocessor of its own flow is told the scales of the samples of a source, which has two or more.</summary>
    internal bool TellsScale(PostprocessorSettings postprocessor, string source) => Sources[source].Trained.Count > 1
        && (postprocessor.TellScale ?? (Generated is not null && postprocessor.LearnsFlow && postprocessor.Train == PostprocessorSettings.AllScales && postprocessor.Start is null));

    /// <summary>The same settings for a file in another folder: relative paths lead to where they led.</summary>
    /// <param name="folder">The folder of the other file.</param>
    /// <param name="file">The file that they are from.</param>
    internal StudySettings SeenFrom(string folder, string file)
    {
        string from = Path.GetDirectoryName(Path.GetFullPath(file))!, to = Path.GetFullPath(folder);
        if (from == to) return this;
        return this with
        {
            Data = Data with { Train = Seen(Data.Train), HeldOut = Seen(Data.HeldOut) },
            Generated = Generated?.ToDictionary(set => set.Key, set => set.Value with
            {
                Samples = set.Value.Samples is { } paths ? [.. paths.Select(path => Seen(path)!)] : null,
                Scales = set.Value.Scales?.ToDictionary(scale => scale.Key, scale => Seen(scale.Value)!),
            }),
        };

        // what is not there beside the file is a name, or absolute
        string? Seen(string? path) => path is null or "" || Path.IsPathRooted(path) || !(Path.Exists(Path.Combine(from, path)) || Path.Exists(Path.Combine(from, path.Split(':')[0])))
            ? path : SeenPath.From(to, Path.Combine(from, path));
    }

    /// <summary>What stages call samples of a source: "guidance w = 3", and only by its name a set that has no scales.</summary>
    internal string Called(string source, double scale) => Generated is not null && Generated[source].Scales is null ? source : $"{source} w = {SampledScales.Text(scale)}";

    /// <summary>The feature spaces that it names.</summary>
    internal IEnumerable<string> Spaces => Postprocessors.Values.Select(postprocessor => postprocessor.Space).Append(Evaluation.Features).OfType<string>().Distinct();

    /// <summary>Whether a postprocessor is applied with a strength of its own at each scale.</summary>
    internal bool ChoosesStrengths => Postprocessors.Count > 0 && Applications.Values.Any(application => StrengthsOf(application).Count > 1);

    /// <summary>The strengths that an application chooses from; where it is one, there is no choice.</summary>
    internal IReadOnlyList<double> StrengthsOf(ApplicationSettings application) =>
        application.Strengths ?? (application.Strength is { } strength ? [strength] : Data.IsImages || Generated is not null ? Quarters : [1]);
}

/// <summary>The guidance scales of one guidance, or of one set of given samples.</summary>
/// <param name="Trained">Those that postprocessors are trained on.</param>
/// <param name="Measured">Those that are measured, in ascending order.</param>
internal sealed record SampledScales(IReadOnlyList<double> Trained, IReadOnlyList<double> Measured)
{
    /// <param name="all">Scales that are trained on and measured, ascending.</param>
    public SampledScales(IReadOnlyList<double> all)
        : this(all, all) { }

    /// <summary>A scale as files, stages and reports name it: four decimals at most, and -0 as 0.</summary>
    public static string Text(double scale) => (scale + 0.0).ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>A table of the paper.</summary>
public sealed record PublishedNumbers
{
    /// <summary>What it is, and how it was measured.</summary>
    public required string Title { get; init; }

    /// <summary>The metric of ours that stands beside it.</summary>
    public string Metric { get; init; } = FrechetDistance.Metric.Name;

    /// <summary>Its guidance scales.</summary>
    [MinLength(1)]
    public required IReadOnlyList<double> Scales { get; init; }

    /// <summary>Its rows by the stage that is the same: "before", or a postprocessor's name; a number for each scale.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Rows { get; init; }
}

/// <summary>Real points: a training set, a held-out set, and their classes.</summary>
public sealed record DataSettings
{
    /// <summary>
    /// "fractal" and "gaussians" (drawn from their closed forms), "vectors" (two .npz files), "images" (a data set by name, or two paths) or
    /// "mnist-components" (principal components of MNIST).
    /// </summary>
    [AllowedValues("fractal", "gaussians", "vectors", "images", "mnist-components")]
    public required string Kind { get; init; }

    /// <summary>Whether the points are images.</summary>
    internal bool IsImages => Kind == "images";

    /// <summary>fractal, gaussians: training points per class.</summary>
    [Range(1, 10_000_000)]
    public int TrainPerClass { get; init; } = 50_000;

    /// <summary>fractal, gaussians: held-out points per class.</summary>
    [Range(1, 10_000_000)]
    public int HeldOutPerClass { get; init; } = 20_000;

    /// <summary>gaussians: the mean of each class on the line.</summary>
    [MinLength(2)]
    public IReadOnlyList<double> Means { get; init; } = [-1, 1];

    /// <summary>gaussians: the standard deviation of each class.</summary>
    [MinLength(2)]
    public IReadOnlyList<double> Deviations { get; init; } = [0.5, 0.5];

    /// <summary>images: "mnist", "fashion-mnist" or "cifar10"; or give <see cref="Train"/> and <see cref="HeldOut"/>.</summary>
    public string? Set { get; init; }

    /// <summary>
    /// vectors: .npz with points [N, D] and labels [N]; images: any path of images that <c>veer data info</c> knows. Beside <see cref="StudySettings.Generated"/> any
    /// samples, with labels or without. Relative to the study's file.
    /// </summary>
    public string? Train { get; init; }

    /// <summary>The same with held-out points or images; beside generated samples a share of the real points, if not given (<see cref="StudySettings.Split"/>).</summary>
    public string? HeldOut { get; init; }

    /// <summary>images by name, mnist-components: the folder of the files; looked for in the usual places if not given.</summary>
    public string? Folder { get; init; }

    /// <summary>mnist-components: number of principal components.</summary>
    [Range(1, 784)]
    public int Components { get; init; } = 16;
}

/// <summary>How samples are drawn.</summary>
public sealed record SamplingSettings
{
    /// <summary>One of <see cref="SamplerKind.All"/>.</summary>
    [Registered<SamplerKind>]
    public string Sampler { get; init; } = "ddim";

    /// <summary>Steps of the respaced process.</summary>
    [Range(1, 100_000)]
    public int Steps { get; init; } = 50;

    /// <summary>Whether the guided clean part is kept in [-1, 1] at every step; if not said, for images of a DDPM alone.</summary>
    public bool? Clip { get; init; }

    /// <summary>Samples per scale that a postprocessor is trained on, classes in equal shares.</summary>
    [Range(1, 10_000_000)]
    public int TrainingSamples { get; init; } = 40_000;

    /// <summary>Samples per scale that are measured; never trained on.</summary>
    [Range(1, 10_000_000)]
    public int TestSamples { get; init; } = 10_000;

    /// <summary>Samples per scale that the strength of postprocessors is chosen on, where one is chosen (<see cref="ApplicationSettings.Strengths"/>).</summary>
    [Range(2, 10_000_000)]
    public int ValidationSamples { get; init; } = 1000;

    /// <summary>Trajectories that are recorded per scale; their numbers are taken from all of them, figures show some.</summary>
    [Range(1, 10_000)]
    public int Trajectories { get; init; } = 500;
}

/// <summary>How results are measured.</summary>
public sealed record EvaluationSettings
{
    /// <summary>The metrics, by the names that <see cref="MetricRegistry"/> knows; if not given, all that the data allow and that are usual for them.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Metrics { get; init; }

    /// <summary>Points per class on which Wasserstein-2 is computed exactly.</summary>
    [Range(1, 4000)]
    public int AssignmentPoints { get; init; } = 1000;

    /// <summary>
    /// Where images are measured: a name that <see cref="Features.FeatureSpaces"/> knows; if not given, the features of the evaluation
    /// classifier ("judge") that the library embeds for the data set, or pixels.
    /// </summary>
    public string? Features { get; init; }

    /// <summary>Real images that the distribution of samples is compared with: "test", or "train" as is the custom for FID.</summary>
    [AllowedValues("test", "train")]
    public string? Reference { get; init; }

    /// <summary>Directions of sliced Wasserstein-2.</summary>
    [Range(1, 100_000)]
    public int Projections { get; init; } = 256;
}
