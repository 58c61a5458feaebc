using Veer.Features;
using Veer.Formats;
using Veer.Metrics;
using Veer.Studies.Runs;

namespace Veer.Studies.Pipeline;

/// <summary>Trains the evaluation classifier ("judge") of a data set of small images, where a study asks for one, and tests it on the held-out images.</summary>
internal sealed class JudgeStage(RunContext context)
{
    private const string Name = "judge";

    /// <summary>Seconds of a training step, roughly: a judge is small, and its plan need not be exact.</summary>
    private const double SecondsPerStep = 0.1;

    public IEnumerable<Stage> All()
    {
        if (context.Settings.Judge is not { } options) yield break;
        string path = Path.Combine(context.Paths.Judge, ImageJudgeTraining.FileName);
        yield return new(Name, ContentKey.Compute(options, context.Start), path, () => SecondsPerStep * options.Training.Steps, () =>
            ImageJudgeTraining.Fit(
                context.Data.Train.To(context.Run.Device), context.Data.Name, options, context.Paths.Judge, context.Run.Seed, context.Training(Name),
                context.Observer.Warned, context.Run.Precision, context.Cancellation).Dispose());
    }

    /// <summary>Its accuracy on the held-out images, per class and over all.</summary>
    public IEnumerable<ResultRow> Measure()
    {
        if (context.Settings.Judge is null) yield break;
        using var scope = NewDisposeScope();
        using var judge = ImageJudge.Load(Path.Combine(context.Paths.Judge, ImageJudgeTraining.FileName));
        var heldOut = context.Data.HeldOut;
        var right = judge.Probabilities(heldOut.Points).argmax(1).eq(heldOut.Labels);
        foreach (var (label, mean) in ClassMeans.Of(right, heldOut)) yield return new("none", 0, label, Name, LabelAgreement.Metric.Name, mean);
    }
}
