using System.Diagnostics;
using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Studies.Runs;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>The stages that leave the samples of every source and scale: to train on, to measure, to choose strengths on.</summary>
internal interface ISampleStages
{
    /// <summary>All of them.</summary>
    IEnumerable<Stage> All();

    /// <summary>The key of the samples of a source at one scale, however many of them are trained on.</summary>
    string Key(string source, double scale);
}

/// <summary>Draws what each guidance scale needs: samples to train on, samples to measure, and trajectories to look at.</summary>
internal sealed class SampleStages(RunContext context, ModelStages models, CostEstimates costs) : ISampleStages
{
    /// <summary>Ancestral trajectories, which only one-dimensional figures show.</summary>
    private const int AncestralTrajectories = 60;

    /// <summary>Some of a scale's samples: those of the numbers first to first + count - 1.</summary>
    private sealed record Portion(string Path, long First, int Count);

    private readonly SamplingSettings sampling = context.Settings.Sampling;

    public IEnumerable<Stage> All() =>
        from guidance in context.Settings.Guidances
        from scale in guidance.Value.AllScales
        from stage in (Stage?[])[OfScale(guidance.Key, guidance.Value, scale), ValidationOf(guidance.Key, guidance.Value, scale)]
        where stage is not null
        select stage;

    /// <summary>The key of the samples at one scale, however many of them are drawn to train on: the first ones are the same.</summary>
    public string Key(string guidance, double scale) => Key(guidance, scale, share: null);

    private string Key(string guidance, double scale, int? share)
    {
        var settings = context.Settings.Guidances[guidance];
        var shaping = settings with { Scales = [], UnseenScales = [] };
        var drawing = sampling with { ValidationSamples = 0 };
        return ContentKey.Compute(
            new { shaping, scale, sampling = drawing, Trained = TrainingSamples(guidance, scale) > 0, share }, GuidedModels.Keys(settings, models));
    }

    /// <summary>How many samples of this scale postprocessors learn from: one for all scales takes an equal share of each.</summary>
    private int TrainingSamples(string guidance, double scale)
    {
        var scales = context.Settings.Guidances[guidance].Scales;
        var learning = context.Settings.Postprocessors.Values.Where(postprocessor => postprocessor.Chain is null && (postprocessor.Guidances?.Contains(guidance) ?? true)).ToList();
        if (!scales.Contains(scale) || learning.Count == 0) return 0;
        return learning.Any(postprocessor => postprocessor.Train == PostprocessorSettings.EachScale) ? sampling.TrainingSamples : sampling.TrainingSamples / scales.Count;
    }

    private Stage OfScale(string name, GuidanceSettings guidance, double scale)
    {
        string stage = $"samples {name} w = {SampledScales.Text(scale)}", folder = context.Paths.Generated(name, scale);
        int training = TrainingSamples(name, scale);
        int? share = training > 0 && training < sampling.TrainingSamples ? training : null;
        List<Portion> portions = [new(RunPaths.Test(folder), 0, sampling.TestSamples)];
        if (training > 0) portions.Add(new(RunPaths.Training(folder), sampling.TestSamples, training));
        return new(
            stage, Key(name, scale, share), RunPaths.Trajectories(folder), () => Seconds(guidance, portions) + (scale == guidance.AllScales[0] ? Fitting(guidance) : 0),
            () => Draw(stage, guidance, scale, portions, RunPaths.Trajectories(folder)), WiderKey: Key(name, scale));
    }

    /// <summary>Samples that strengths are chosen on: after all that could be trained on.</summary>
    private Stage? ValidationOf(string name, GuidanceSettings guidance, double scale)
    {
        if (!context.Settings.ChoosesStrengths) return null;
        int count = sampling.ValidationSamples;
        string stage = $"validation {name} w = {SampledScales.Text(scale)}", path = context.Paths.Validation(name, scale);
        List<Portion> portions = [new(path, sampling.TestSamples + (long)sampling.TrainingSamples, count)];
        return new(
            stage, ContentKey.Compute(new { count }, Key(name, scale)), path, () => Seconds(guidance, portions),
            () => Draw(stage, guidance, scale, portions, trajectories: null));
    }

    private double Seconds(GuidanceSettings guidance, IEnumerable<Portion> portions) =>
        costs.Of(guidance.Denoiser).Evaluations(2.0 * sampling.Steps, portions.Sum(portion => portion.Count));

    /// <summary>Of a guidance that is fitted to real points: once, at the first of its scales.</summary>
    private double Fitting(GuidanceSettings guidance) => !guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Data) ? 0
        : costs.Of(guidance.Denoiser).Evaluations(2.0 * sampling.Steps, Math.Min(context.Data.Train.Count, (double)ExpectationRatios.UsualPoints * context.Data.Train.Classes));

    /// <summary>Every scale starts from the same noise, row by row.</summary>
    private void Draw(string stage, GuidanceSettings guidance, double scale, IReadOnlyList<Portion> portions, string? trajectories)
    {
        using var scope = NewDisposeScope();
        var denoiser = GuidedModels.Create(guidance, scale, context);
        var process = context.Process(guidance.Denoiser);
        var sampler = SamplerKind.Create(guidance.SamplerIn(sampling), process, sampling.Steps);
        double total = portions.Sum(portion => portion.Count), before = 0;
        var watch = Stopwatch.StartNew();
        foreach (var portion in portions) Make(portion);
        if (trajectories is not null) WriteTrajectories(trajectories, denoiser, process, sampler);

        void Make(Portion portion)
        {
            var (path, first, count) = portion;
            using var samples = NewDisposeScope();
            var labels = Labels(first, count);
            var options = new SamplingOptions
            {
                FirstSample = first,
                BatchSize = Batches.SizeFor(context.Data.Shape, context.Run.Device),
                Device = context.Run.Device,
                Output = CPU,
                Progress = new SynchronousProgress<SamplingProgress>(p => Tell(before + p.Fraction * count)),
            };
            var own = Stopwatch.StartNew();
            var points = sampler.Sample(denoiser, labels, context.Run.Seed, options, context.Cancellation);
            // what sampling costs, for comparison with postprocessing
            SampleFile.Write(path, points, labels, own.Elapsed.TotalSeconds);
            before += count;
        }

        void Tell(double done) => context.Observer.Progressed(new(
            stage, done / total, FormattableString.Invariant($"{done / watch.Elapsed.TotalSeconds:f0} samples/s")));
    }

    private void WriteTrajectories(string path, IDenoiser denoiser, NoisingProcess process, ISampler sampler)
    {
        // DDIM in place of an ancestral sampler, whose lines are random walks, and of an adaptive one, which tells two states
        var trajectory = Follow(sampler is Ddpm or OdeSampler ? new Ddim(process, sampling.Steps) : sampler, sampling.Trajectories);
        bool both = context.Data.Dimensions == 1 && sampler is Ddpm;
        var ancestral = both ? Follow(sampler, Math.Min(sampling.Trajectories, AncestralTrajectories)) : null;
        RunFolder.WriteTrajectory(path, trajectory, Labels(0, sampling.Trajectories), ancestral);

        Trajectory Follow(ISampler by, int count) => by.SampleTrajectory(
            denoiser, Labels(0, count), context.Run.Seed, new() { Device = context.Run.Device, Output = CPU },
            context.Cancellation);
    }

    /// <summary>Classes in turn, so that any run of samples holds equal shares.</summary>
    private Tensor Labels(long first, long count) => arange(first, first + count, ScalarType.Int64).remainder_(context.Data.Train.Classes);
}
