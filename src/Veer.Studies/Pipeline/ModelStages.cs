using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Images;
using Veer.Models;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>Trains the denoisers and classifiers of a study.</summary>
internal sealed class ModelStages(RunContext context, CostEstimates costs)
{
    private const int PreviewSteps = 20;

    public IEnumerable<Stage> All() => context.Settings.Denoisers.Select(Denoiser).Concat(context.Settings.Classifiers.Select(Classifier));

    /// <summary>The key of a denoiser; the exact one hangs on the data alone.</summary>
    public string DenoiserKey(string name) =>
        name == VariantNames.Exact ? context.Start : ContentKey.Compute(context.Settings.Denoisers[name], context.Start);

    /// <summary>The key of a classifier.</summary>
    public string ClassifierKey(string name) =>
        name == VariantNames.Exact ? context.Start : ContentKey.Compute(context.Settings.Classifiers[name], context.Start);

    private Stage Denoiser(KeyValuePair<string, DenoiserOptions> entry)
    {
        var (name, options) = entry;
        string stage = $"denoiser {name}", folder = context.Paths.Denoiser(name);
        return new(stage, DenoiserKey(name), RunPaths.Weights(folder), () => costs.Of(options).Training(options.Training), () =>
        {
            var run = context.Training(new DenoiserRun { Preview = context.Data.IsImages ? Preview : null }, stage, folder);
            using var learned = DenoiserTraining.Fit(context.Data.Train, options, run, context.Cancellation);
            if (context.Data.Truth is { } truth)
                RunFolder.WriteDenoiserErrors(folder, DenoiserError.Measure(learned, truth, context.Schedule(name), context.Data.HeldOut, context.Run, context.Cancellation));
        });
    }

    /// <summary>A sheet of samples, the same noise every time, for TensorBoard.</summary>
    private void Preview(DenoiserPreview preview)
    {
        var denoiser = preview.Denoiser;
        var labels = arange(Math.Min(denoiser.Classes, ContactSheet.MostRows), ScalarType.Int64).repeat(ContactSheet.Columns);
        IDenoiser clipped = new ClippedDenoiser(denoiser);
        int steps = denoiser.Process is DiscreteProcess process ? Math.Min(PreviewSteps, process.Schedule.Steps) : PreviewSteps;
        var images = new Ddim(steps).Sample(
            clipped, !denoiser.Info.KnowsLabels ? full_like(labels, denoiser.Classes) : labels, context.Run.Seed,
            new() { Device = context.Run.Device, Output = CPU, BatchSize = Batches.SizeFor(context.Data.Shape, context.Run.Device) }, context.Cancellation);
        var shape = new ImageShape((int)context.Data.Shape[0], (int)context.Data.Shape[1], (int)context.Data.Shape[2]);
        var sheet = new ContactSheet(shape, denoiser.Classes);
        sheet.Add(new(shape, SampleFile.OnDisk(images).bytes.ToArray(), [.. labels.data<long>().Select(label => (int)label)]));
        var (png, width, height) = sheet.Encode();
        preview.Events!.Picture("samples", png, width, height, preview.Step);
    }

    private Stage Classifier(KeyValuePair<string, ClassifierOptions> entry)
    {
        var (name, options) = entry;
        string stage = $"classifier {name}", folder = context.Paths.Classifier(name);
        return new(stage, ClassifierKey(name), RunPaths.Weights(folder), () => costs.Of(options).Training(options.Training), () =>
            ClassifierTraining.Fit(context.Data.Train, options, context.Training(new TrainingRun(), stage, folder), context.Cancellation).Dispose());
    }
}
