namespace Veer.Studies.Pipeline;

/// <summary>One stage of a run, before it starts.</summary>
/// <param name="Name">"denoiser", "samples w = 3", ...</param>
/// <param name="TakenFrom">The run's folder where it stands there already, unchanged, or the folder of the run beside it that it was copied from; null: it is to be made.</param>
/// <param name="Seconds">Expected seconds on this machine; 0 for one that is taken.</param>
public sealed record PlannedStage(string Name, string? TakenFrom, double Seconds);

/// <summary>Where the current stage stands.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Fraction">0 to 1; null before its work begins, or goes on from a checkpoint: while what it needs is prepared.</param>
/// <param name="Detail">Rate and loss, in words.</param>
public readonly record struct StageProgress(string Stage, double? Fraction, string Detail);

/// <summary>What a run tells whoever started it; a console, a log or a test.</summary>
public interface IRunObserver
{
    /// <summary>Before the first stage: everything the run is about to do.</summary>
    void Planned(string folder, IReadOnlyList<PlannedStage> stages);

    /// <summary>A stage begins.</summary>
    void Started(string stage);

    /// <summary>A stage goes on.</summary>
    void Progressed(StageProgress progress);

    /// <summary>A stage is done.</summary>
    void Finished(string stage, double seconds);

    /// <summary>Something the user should know, in a line.</summary>
    void Warned(string line);
}
