namespace Veer.Cli;

/// <summary>How a finding stands.</summary>
public enum DoctorStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Veer works, but slower or with a part less.</summary>
    Warning,

    /// <summary>Veer cannot calculate without it.</summary>
    Missing,
}

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Found">What was found, in one line.</param>
/// <param name="Remedy">What to do, in one line; empty when there is nothing to do.</param>
public sealed record DoctorFinding(string Name, DoctorStatus Status, string Found, string Remedy = "");
