namespace Veer;

/// <summary>Input that a user can correct: one line that names the file, the field, what was found and what was expected.</summary>
/// <param name="message">One whole line, for faults that have no field (a missing file, say); line ends become spaces.</param>
public sealed class InputException(string message) : VeerException(message)
{
    /// <param name="file">The file, option or study that holds the fault.</param>
    /// <param name="field">The field, key or array in it.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="expected">What is allowed there.</param>
    public InputException(string file, string field, string found, string expected)
        : this($"{file}: {field}: found {found}, expected {expected}") { }

    /// <summary>The data set that is missing, where it is one that <c>DataDownload.Fetch</c> brings; null for every other fault.</summary>
    public string? MissingDataSet { get; init; }

    /// <summary>The feature space whose model is missing, where it is one that <c>ExtractorDownload.Fetch</c> brings; null for every other fault.</summary>
    public string? MissingExtractor { get; init; }
}
