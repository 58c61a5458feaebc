using System.Globalization;
using Veer.Data;
using Veer.Features;

namespace Veer.Evaluation;

/// <summary>What an evaluation's numbers rest on, part by part.</summary>
internal static class EvaluationFingerprint
{
    /// <summary>All parts.</summary>
    /// <param name="sets">What is measured.</param>
    /// <param name="reference">What it is measured against.</param>
    /// <param name="options">How.</param>
    public static Dictionary<string, string> OfAll(IReadOnlyList<(string Name, LabeledData Data)> sets, string reference, EvaluationOptions options)
    {
        var parts = sets[0].Data.Points.dim() == 4 ? OfSpace(options.Space) : [];
        parts["reference"] = reference;
        if (options.Unseen is { } unseen) parts["unseen"] = OfPoints(unseen);
        if (options.Training is { } training) parts["training"] = OfPoints(training);
        parts["samples"] = string.Join(", ", sets.Select(set => Text(set.Data.Count)));
        parts["seed"] = Text(options.Seed);
        parts["subsets"] = Text(options.Subsets);
        parts["directions"] = Text(options.Directions);
        return parts;
    }

    /// <summary>How images are seen; null: by their pixels.</summary>
    public static Dictionary<string, string> OfSpace(IFeatureSpace? space) => new Dictionary<string, string>
    {
        ["features"] = space?.Name ?? FeatureSpaces.Pixels,
        ["features file"] = space?.Fingerprint ?? "none",
        ["description"] = space?.Description ?? "",
        ["resize"] = space?.Resize ?? "none",
        ["quantization"] = ImageQuantization.Name,
    }.Where(part => part.Value.Length > 0).ToDictionary();

    /// <summary>A set of points: how many, and the hash of them.</summary>
    public static string OfPoints(LabeledData points) => $"{Text(points.Count)} points, {points.Key()}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
