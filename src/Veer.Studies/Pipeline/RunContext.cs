using System.Collections.Concurrent;
using System.Globalization;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;
using Veer.Features;
using Veer.Formats;
using Veer.Guidance;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>What every stage of a run works with.</summary>
internal sealed class RunContext : IDisposable
{
    private readonly Dictionary<(string Name, Precision Precision), IDenoiser> denoisers = [];
    private readonly Dictionary<(string Denoiser, string Sampler), ConcurrentDictionary<Type, IDisposable>> fitted = [];
    private readonly Dictionary<string, INoisyClassifier> classifiers = [];
    private readonly Dictionary<(string Folder, Precision Precision), Postprocessor> postprocessors = [];
    private readonly Dictionary<string, IFeatureSpace> spaces = [];

    public RunContext(Study study, RunOptions run, IRunObserver observer, StudyData data, CancellationToken cancellation)
    {
        (Study, Run, Observer, Data, Cancellation) = (study, run, observer, data, cancellation);
        Folder = new RunFolder(run.Folder);
        // what was read is known by its content, wherever it lay
        var source = data.Content.Length == 0 ? study.Settings.Data : study.Settings.Data with { Train = null, HeldOut = null, Folder = null };
        Start = ContentKey.Compute(
            new { Data = source, run.Seed, Device = run.Device.type.ToString(), Precision = run.Precision == Precision.Float32 ? null : $"{run.Precision}" },
            data.Content);
    }

    public Study Study { get; }
    public StudySettings Settings => Study.Settings;
    public RunOptions Run { get; }
    public IRunObserver Observer { get; }
    public StudyData Data { get; }
    public CancellationToken Cancellation { get; }
    public RunFolder Folder { get; }
    public RunPaths Paths => Folder.Paths;

    /// <summary>Samples of a set that are measured at most.</summary>
    public int TestSamples => Data.Given?.Max(set => set.Split.Test.Length) ?? Settings.Sampling.TestSamples;

    /// <summary>Samples of a set that strengths are chosen on at most.</summary>
    public int ValidationSamples => Data.Given?.Max(set => set.Split.Validation.Length) ?? Settings.Sampling.ValidationSamples;

    /// <summary>The key on which every other one builds: data, seed, device.</summary>
    public string Start { get; }

    /// <summary>The closed form of the data.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public GaussianMixture Truth => Data.Truth
        ?? throw new InputException(Study.Path, "guidances", "a model named 'exact'", $"a trained one: data of kind {Settings.Data.Kind} has no closed form");

    /// <summary>A trained denoiser, or the exact one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="adaptive">Whether a solver asks that looks at its errors.</param>
    public IDenoiser Denoiser(string name, bool adaptive = false) => denoisers.Once((name, PrecisionFor(adaptive)), () =>
        name == VariantNames.Exact ? new MixtureDenoiser(Truth, Process(name)) : Model.Load(Paths.Denoiser(name), Run.Device, PrecisionFor(adaptive)));

    /// <summary>What guidances were fitted to around a denoiser: one fit for every scale and stage of a sampler, as it depends on its levels alone.</summary>
    public ConcurrentDictionary<Type, IDisposable> Fitted(string denoiser, SamplerKind sampler) => fitted.Once((denoiser, sampler.Name), () => []);

    /// <summary>What networks calculate in: an adaptive solver would take bfloat16's rounding for its own error, and hardly move.</summary>
    private Precision PrecisionFor(bool adaptive) => adaptive ? Precision.Float32 : Run.Precision;

    /// <summary>A trained classifier, or the exact one.</summary>
    public INoisyClassifier Classifier(string name) => classifiers.Once(
        name, () => name == VariantNames.Exact ? new MixtureClassifier(Truth) : Model.LoadClassifier(Paths.Classifier(name), Run.Device, Run.Precision));

    /// <summary>A trained postprocessor.</summary>
    /// <param name="folder">Its model.</param>
    /// <param name="adaptive">Whether a solver asks that looks at its errors.</param>
    public Postprocessor Postprocessor(string folder, bool adaptive) => postprocessors.Once(
        (folder, PrecisionFor(adaptive)), () => Postprocessing.Postprocessor.Load(folder, Run.Device, PrecisionFor(adaptive)));

    /// <summary>A space in which the study's images are compared. What takes long to compute is kept beside the runs, for all of them.</summary>
    public IFeatureSpace Space(string name) => spaces.Once(name, () =>
    {
        var space = FeatureSpaces.Named(name, Data.Shape, Data.Name, Run.Device, Cancellation);
        string beside = Path.GetDirectoryName(Path.GetFullPath(Run.Folder))!;
        return space is PixelSpace ? space : new CachedFeatures(space, Path.Combine(beside, ".features"), Observer.Warned);
    });

    /// <summary>The name of the space that images are measured in: the one that the study names, else the evaluation classifier's features, or pixels where there is none.</summary>
    public string ImagesComparedIn => Settings.Evaluation.Features ?? (ImageJudge.DataSets.Contains(Data.Name) ? FeatureSpaces.Judge : FeatureSpaces.Pixels);

    /// <summary>The key of a space: a model file by the same name may hold another model.</summary>
    /// <param name="name">Its name; null for what stands where none is given.</param>
    public string SpaceKey(string? name) => name is null ? "" : ContentKey.Compute(new { name, Space(name).Fingerprint, Space(name).Description });

    /// <summary>Given samples and real points that are neither trained on nor measured: when to stop a training, and how far to follow its flow.</summary>
    /// <exception cref="InvalidOperationException">The samples are not given, but drawn.</exception>
    public (HeldOut Stopping, HeldOut Strength) Validation(string source, IReadOnlyList<double> scales, ScaleLabels? told = null)
    {
        var real = Data.Validation ?? throw new InvalidOperationException("only given samples have such points");
        var sets = scales.Select(scale => Samples(Paths.Validation(source, scale)) is var own && told is not null ? told.Of(own, scale) : own).ToList();
        return (new(Joined(0), Half(real, 0)), new(Joined(1), Half(real, 1)));

        // of several scales equal shares, at least one sample of each
        LabeledData Joined(int half)
        {
            var parts = sets.Select(set => Half(set, half)).Select(part => part.Slice(0, Math.Min(part.Count, Math.Max(1, part.Count / sets.Count)))).ToList();
            return LabeledData.Join(parts);
        }

        static LabeledData Half(LabeledData all, int half) => all.Slice(half * (all.Count / 2), all.Count / 2);
    }

    /// <summary>The process of a denoiser.</summary>
    public NoisingProcess Process(string denoiser) => Settings.ProcessOf(denoiser).Process();

    /// <summary>The steps of a denoiser's process; of one that has none, those that levels are counted by.</summary>
    public NoiseSchedule Schedule(string denoiser) => NoiseSchedule.Named(Settings.ProcessOf(denoiser).Schedule, Settings.ProcessOf(denoiser).Timesteps);

    /// <summary>Samples that a stage left.</summary>
    public LabeledData Samples(string path) => SampleFile.Read(path, Data.Train.Classes, Data.IsImages);

    /// <summary>Where and how a stage trains its model.</summary>
    /// <param name="run">What is its own.</param>
    /// <param name="stage">Its name.</param>
    /// <param name="folder">Where the model goes.</param>
    public T Training<T>(T run, string stage, string folder)
        where T : TrainingRun =>
        (T)((TrainingRun)run with
        {
            Seed = Run.Seed,
            Folder = folder,
            Device = Run.Device,
            Precision = Run.Precision,
            Progress = Training(stage),
            Warn = Observer.Warned,
            KeepsCheckpoint = true,
        });

    /// <summary>Tells the observer of a training.</summary>
    public IProgress<TrainingProgress> Training(string stage) => new SynchronousProgress<TrainingProgress>(p => Observer.Progressed(new(
        stage, p.Step / (double)p.Steps, FormattableString.Invariant($"loss {p.Loss:g4}, {Rate(p.StepsPerSecond)} steps/s of {p.BatchSize}, {p.Examples:n0} seen"))));

    /// <summary>Frees the models and feature spaces that were loaded, and the tables that were fitted.</summary>
    public void Dispose()
    {
        foreach (var one in denoisers.Values.Concat<object>(classifiers.Values).Concat(postprocessors.Values).Concat(spaces.Values).Concat(fitted.Values.SelectMany(fits => fits.Values)))
            (one as IDisposable)?.Dispose();
    }

    private static string Rate(double perSecond) => perSecond.ToString(perSecond < 10 ? "f1" : "f0", CultureInfo.InvariantCulture);
}
