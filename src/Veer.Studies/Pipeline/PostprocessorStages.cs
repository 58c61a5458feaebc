using Veer.Data;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>Trains the postprocessors of a study: per guidance, and per scale or for all scales.</summary>
internal sealed class PostprocessorStages(RunContext context, ModelStages models, ISampleStages samples, CostEstimates costs)
{
    public IEnumerable<Stage> All() =>
        from guidance in context.Settings.Sources
        from postprocessor in Of(guidance.Key)
        where postprocessor.Value.Chain is null
        from scale in postprocessor.Value.Train == PostprocessorSettings.EachScale ? guidance.Value.Trained.Select(one => (double?)one) : [null]
        select OfScales(postprocessor.Key, postprocessor.Value, guidance.Key, scale);

    /// <summary>The postprocessors that repair the samples of a guidance.</summary>
    public IEnumerable<KeyValuePair<string, PostprocessorSettings>> Of(string guidance) =>
        context.Settings.Postprocessors.Where(entry => entry.Value.Guidances?.Contains(guidance) ?? true).OrderBy(entry => !entry.Value.LearnsFlow);

    /// <summary>The folders of the models that serve a scale, one after the other; none where one was not trained for it.</summary>
    public IReadOnlyList<string> FoldersFor(string name, string guidance, double scale)
    {
        var links = context.Settings.Postprocessors[name].Links(name);
        var folders = links.Select(link => FolderFor(link, guidance, scale)).OfType<string>().ToList();
        return folders.Count == links.Count ? folders : [];
    }

    /// <summary>What a postprocessor is told of samples of classes [N]: these, or classes and scale.</summary>
    public Tensor Labels(string name, string guidance, double scale, Tensor labels) =>
        Telling(context.Settings.Postprocessors[name], guidance) is { } told ? told.At(labels, scale) : labels;

    /// <summary>How a postprocessor is told scales; null where it is not, or where samples have one alone.</summary>
    private ScaleLabels? Telling(PostprocessorSettings settings, string guidance) =>
        context.Settings.TellsScale(FlowOf(settings), guidance) ? new(context.Settings.Sources[guidance].Trained, context.Data.Train.Classes) : null;

    /// <summary>The flow that it learns, or follows.</summary>
    private PostprocessorSettings FlowOf(PostprocessorSettings settings) => settings.Reflow is { } followed ? context.Settings.Postprocessors[followed] : settings;

    private string? FolderFor(string name, string guidance, double scale)
    {
        if (context.Settings.Postprocessors[name].Train == PostprocessorSettings.AllScales)
            return context.Paths.Postprocessor(name, guidance, null);
        return context.Settings.Sources[guidance].Trained.Contains(scale) ? context.Paths.Postprocessor(name, guidance, scale) : null;
    }

    private Stage OfScales(string name, PostprocessorSettings settings, string guidance, double? scale)
    {
        var scales = scale is double one ? [one] : context.Settings.Sources[guidance].Trained;
        string stage = $"{name} {(scale is double own ? context.Settings.Called(guidance, own) : guidance)}";
        string folder = context.Paths.Postprocessor(name, guidance, scale);
        var network = FlowOf(settings);
        return new(
            stage, Key(settings, guidance, scales), RunPaths.Weights(folder),
            () => costs.Of(network.Network, network.Unet, settings.Training.BatchSize).Training(settings.Training), () =>
            {
                if (settings.Reflow is { } name) Follow(stage, settings, context.Paths.Postprocessor(name, guidance, scale), Generated(guidance, scales, Telling(settings, guidance)), folder);
                else Train(stage, settings, guidance, scales, folder);
            });
    }

    private string Key(PostprocessorSettings settings, string guidance, IReadOnlyList<double> scales)
    {
        if (settings.Reflow is { } followed) return ContentKey.Compute(new { settings.Training, steps = Reflow.StepsFor(context.Data.IsImages) }, Key(context.Settings.Postprocessors[followed], guidance, scales));
        PostprocessorOptions flow = settings; // the key is of the flow alone
        string[] inputs = [.. scales.Select(each => samples.Key(guidance, each)), .. settings.Start is { } start ? [models.DenoiserKey(start)] : Array.Empty<string>()];
        return ContentKey.Compute(new { flow, told = Telling(settings, guidance)?.Scales, settings.RealPerClass, context.Data.ClassNames }, [context.SpaceKey(settings.Space), context.SpaceKey(StoppedIn), .. inputs]);
    }

    /// <summary>Where given images say when a training ends: where they are measured, as the values of pixels hardly know a sharp image from a blurred one.</summary>
    private string? StoppedIn => context.Data.Validation is not null && context.Data.IsImages ? context.ImagesComparedIn : null;

    /// <summary>Learns the ways of a flow that was trained before.</summary>
    private void Follow(string stage, PostprocessorSettings settings, string flow, LabeledData generated, string folder)
    {
        Reflow.Fit(context.Postprocessor(flow, adaptive: false), generated, settings.Training, context.Training(new TrainingRun(), stage, folder), Told(stage, "following"), context.Cancellation).Dispose();
    }

    private void Train(string stage, PostprocessorSettings settings, string guidance, IReadOnlyList<double> scales, string folder)
    {
        var told = Telling(settings, guidance);
        var (generated, real) = (Generated(guidance, scales, told), context.Data.Train);
        if (settings.RealPerClass is int most) real = FirstOfEachClass(real, most);
        var space = settings.Space is { } name ? context.Space(name) : null;
        var run = new PostprocessorRun
        {
            PairingProgress = Told(stage, "pairing"),
            Space = space,
            ClassNames = context.Data.ClassNames,
            Scales = told,
            HeldOut = context.Data.Validation is null ? null : context.Validation(guidance, scales, told).Stopping,
            HeldOutSpace = StoppedIn is { } stopped ? context.Space(stopped) : null,
            Start = settings.Start is { } start ? StartingWeights.From(context.Paths.Denoiser(start)) : null,
        };
        Postprocessor.Fit(generated, real, settings, context.Training(run, stage, folder), context.Cancellation).Dispose();
    }

    /// <summary>Tells the share of what comes before a training.</summary>
    private SynchronousProgress<double> Told(string stage, string what) =>
        new(share => context.Observer.Progressed(new(stage, null, FormattableString.Invariant($"{what} {share:p0}"))));

    /// <summary>The same total amount of data, in equal shares of each scale; of given samples all that there are.</summary>
    private LabeledData Generated(string guidance, IReadOnlyList<double> scales, ScaleLabels? told)
    {
        long share = context.Data.Given is null ? context.Settings.Sampling.TrainingSamples / scales.Count : long.MaxValue;
        return LabeledData.Join([.. scales.Select(scale =>
        {
            var set = context.Samples(RunPaths.Training(context.Paths.Generated(guidance, scale)));
            set = set.Slice(0, Math.Min(share, set.Count));
            return told?.Of(set, scale) ?? set;
        })]);
    }

    private static LabeledData FirstOfEachClass(LabeledData data, int most)
    {
        var kept = Enumerable.Range(0, data.Classes).Select(label => data.Labels.eq(label).nonzero().flatten()).ToList();
        return data.Rows(cat([.. kept.Select(all => all.narrow(0, 0, Math.Min(most, all.shape[0])))]));
    }
}
