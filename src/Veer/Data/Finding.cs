namespace Veer.Data;

/// <summary>A line of the look before work.</summary>
/// <param name="Line">What was found, in one line.</param>
/// <param name="IsFault">Whether nothing can be done with such samples.</param>
public sealed record Finding(string Line, bool IsFault);

/// <summary>What samples are looked at for.</summary>
public enum SampleUse
{
    /// <summary>To be measured: what makes numbers say less than they seem to is told.</summary>
    Evaluation,

    /// <summary>To fit a postprocessor: classes must be on both sides, with neighbours enough.</summary>
    Fit,
}
