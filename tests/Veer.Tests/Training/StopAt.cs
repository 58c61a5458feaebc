using Veer.Training;

namespace Veer.Tests.Training;

/// <summary>Progress that interrupts a training.</summary>
internal static class StopAt
{
    public static IProgress<TrainingProgress> Step(long step, CancellationTokenSource source) => new SynchronousProgress<TrainingProgress>(progress =>
    {
        if (progress.Step == step) source.Cancel();
    });
}
