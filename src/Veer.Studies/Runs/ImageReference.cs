using System.Globalization;
using System.Text.RegularExpressions;

namespace Veer.Studies.Runs;

/// <summary>What images were measured against, as the part "reference" of a fingerprint says it.</summary>
/// <param name="Data">What the data is called.</param>
/// <param name="IsLossy">Whether it was read from JPEG.</param>
/// <param name="IsToTrain">Whether these are training images; held-out ones otherwise.</param>
/// <param name="Count">Number of images.</param>
internal sealed partial record ImageReference(string Data, bool IsLossy, bool IsToTrain, long Count)
{
    /// <summary>Reads the words; null where they are none, as where no images were measured.</summary>
    public static ImageReference? Parse(string? words)
    {
        var found = Words().Match(words ?? "");
        return !found.Success ? null
            : new(found.Groups[1].Value, found.Groups[2].Success, found.Groups[3].Value == "train", long.Parse(found.Groups[4].Value, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Data}{(IsLossy ? " (JPEG reference)" : "")}, {(IsToTrain ? "train" : "test")}, {Count} images");

    // the data's name is the user's, and may hold any of these words
    [GeneratedRegex(@"^(.*?)( \(JPEG reference\))?, (train|test), ([0-9]{1,18}) images$", RegexOptions.Singleline)]
    private static partial Regex Words();
}
