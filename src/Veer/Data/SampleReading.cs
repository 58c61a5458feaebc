namespace Veer.Data;

/// <summary>What a user says of samples where their file does not say it.</summary>
public sealed record SampleReading
{
    /// <summary>The range of pixels that are given as numbers; by default that which the numbers show.</summary>
    public PixelRange? Range { get; init; }

    /// <summary>The name of the samples' array; by default one of the usual names, or the only one.</summary>
    public string? Array { get; init; }

    /// <summary>Whether arrays of three and four axes are images; by default they are. Not images, their rows are read as vectors.</summary>
    public bool? Images { get; init; }

    /// <summary>"train" or "test", of data that have both; the path's ending (<c>:train</c>, <c>:test</c>) comes first.</summary>
    public string? Part { get; init; }
}
