namespace Veer.Studies.Pipeline;

/// <summary>One step of a run, made anew only where its key has changed.</summary>
/// <param name="Name">What users read.</param>
/// <param name="Key">Hash of its settings and of the keys that it builds on (<see cref="StageCache"/>).</param>
/// <param name="Output">The file that it leaves last, in a folder of its own or in the run's; without it the stage is not done, whatever the cache says.</param>
/// <param name="Seconds">Expected seconds; asked only where the stage is to be made.</param>
/// <param name="Make">Makes it.</param>
/// <param name="WiderKey">The key of what would hold this and more, and so serves as well; null where there is no such thing.</param>
internal sealed record Stage(string Name, string Key, string Output, Func<double> Seconds, Action Make, string? WiderKey = null)
{
    /// <summary>Where a stage whose output is in the run's folder leaves what belongs to that: files, or folders of them.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>Whether what was made under a key serves.</summary>
    public bool IsServedBy(string key) => key == Key || key == WiderKey;
}
