namespace Veer.Formats;

/// <summary>What every reader of labels asks of them.</summary>
internal static class ClassLabel
{
    /// <summary>The largest label that is believed: counts per class are held in memory.</summary>
    public const int Largest = 999_999;
}
