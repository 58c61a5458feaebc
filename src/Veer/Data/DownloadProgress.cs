namespace Veer.Data;

/// <summary>How far a download is.</summary>
/// <param name="File">The file that is on its way.</param>
/// <param name="Fraction">Share of all files that are fetched by one name, 0 to 1.</param>
/// <param name="Bytes">Bytes of this file so far.</param>
public sealed record DownloadProgress(string File, double Fraction, long Bytes);
