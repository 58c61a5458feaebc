namespace Veer.Diffusion;

/// <summary>A family of noise schedules, by its name.</summary>
public sealed class ScheduleKind : IRegistered<ScheduleKind>
{
    /// <summary>Those that studies and models know.</summary>
    public static Registry<ScheduleKind> All { get; } = new(
        "noise schedule",
        new() { Name = "linear", Title = "Betas evenly spaced (arXiv 2006.11239)", LeastSteps = NoiseSchedule.LeastLinear, Make = NoiseSchedule.Linear },
        new() { Name = "cosine", Title = "abar along a squared cosine (arXiv 2102.09672)", Make = NoiseSchedule.Cosine });

    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>The fewest steps that it can have.</summary>
    public int LeastSteps { get; init; } = 1;

    /// <summary>Makes it, for a number of steps.</summary>
    public required Func<int, NoiseSchedule> Make { get; init; }
}
