using Veer.Metrics;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>One number of results.json.</summary>
/// <param name="Guidance">"none" for real rows, else the guidance's name.</param>
/// <param name="Scale">The guidance scale w; 0 for real rows.</param>
/// <param name="Class">"all" or a class's number.</param>
/// <param name="Stage">"real", "before", "individual", "one-for-all" or a variant's name.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">The number as it stands in the file; NaN where it is null.</param>
internal sealed record ResultRow(string Guidance, double Scale, string Class, string Stage, string Metric, double Value);
