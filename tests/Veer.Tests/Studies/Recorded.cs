using Veer.Studies.Pipeline;
using Veer.Studies.Settings;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>An observer that remembers.</summary>
internal sealed class Recorded(Action? told = null) : IRunObserver
{
    /// <summary>Told of a stage's progress.</summary>
    public Action<StageProgress>? Saw { get; init; }

    public List<PlannedStage> Stages { get; } = [];

    /// <summary>Stages that were begun, in their order.</summary>
    public List<string> Begun { get; } = [];

    /// <summary>Stages that were made, in their order.</summary>
    public List<string> Made { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>The stages that a run would make, without making them.</summary>
    public static List<string> Plan(Study study, RunOptions run)
    {
        using var source = new CancellationTokenSource();
        var observer = new Recorded(source.Cancel);
        Assert.Throws<OperationCanceledException>(() => new StudyRun(study, run, observer).Execute(source.Token));
        return [.. observer.Stages.Where(stage => stage.TakenFrom is null).Select(stage => stage.Name)];
    }

    public void Planned(string folder, IReadOnlyList<PlannedStage> stages)
    {
        Stages.AddRange(stages);
        told?.Invoke();
    }

    public void Started(string stage)
    {
        Begun.Add(stage);
        told?.Invoke();
    }

    public void Progressed(StageProgress progress)
    {
        Saw?.Invoke(progress);
        told?.Invoke();
    }

    public void Finished(string stage, double seconds)
    {
        Made.Add(stage);
        told?.Invoke();
    }

    public void Warned(string line) => Warnings.Add(line);
}
