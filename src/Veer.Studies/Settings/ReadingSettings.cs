using System.ComponentModel.DataAnnotations;
using Veer.Data;

namespace Veer.Studies.Settings;

/// <summary>What is said of the files of samples and real points, of all of them, where they do not say it themselves.</summary>
public sealed record ReadingSettings
{
    /// <summary>What pixels given as numbers run from and to: "unit" (0 to 1), "symmetric" (-1 to 1) or "bytes" (0 to 255); what the numbers show, if not given.</summary>
    [AllowedValues("unit", "symmetric", "bytes")]
    public string? Range { get; init; }

    /// <summary>The name of the samples' array; one of the usual names, or the only one, if not given.</summary>
    [MinLength(1)]
    public string? Array { get; init; }

    /// <summary>The same for the reader.</summary>
    internal SampleReading ToReading() => new() { Range = Range is null ? null : Enum.Parse<PixelRange>(Range, ignoreCase: true), Array = Array };

    /// <summary>What a study keeps of what a user said; null where that is nothing.</summary>
    internal static ReadingSettings? From(SampleReading? reading) => reading is null or { Range: null, Array: null } ? null
        : new() { Range = reading.Range is { } range ? Enum.GetName(range)!.ToLowerInvariant() : null, Array = reading.Array };
}
