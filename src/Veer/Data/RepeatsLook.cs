namespace Veer.Data;

/// <summary>Equal samples: within a set, between sets, and generated ones that are real.</summary>
internal static class RepeatsLook
{
    /// <summary>A line for every kind of repetition that there is; none is a fault.</summary>
    public static IEnumerable<Finding> Findings(IReadOnlyList<Samples> generated, Samples real, Samples? heldOut, CancellationToken cancellation)
    {
        Samples[] sets = heldOut is null ? [.. generated, real] : [.. generated, real, heldOut];
        var hashes = sets.Distinct().ToDictionary(set => set, set => RowHashes.Compute(set.Data.Points, cancellation));
        foreach (var set in sets)
        {
            var rows = Rows(set);
            if (rows.Repeated > 0) yield return Tell($"{set.Path}: {SampleLook.Share(rows.Repeated, rows.Count)} of the samples repeat an earlier one");
        }
        foreach (var (i, set) in generated.Index())
        {
            foreach (var other in generated.Skip(i + 1)) if (Among(set, other, "are in") is { } line) yield return line;
        }
        foreach (var set in generated)
        {
            if (Among(set, real, "are real ones of") is { } copied) yield return copied;
            if (heldOut is not null && Among(set, heldOut, "are real ones of") is { } held) yield return held;
        }
        if (heldOut is not null && Among(heldOut, real, "are in") is { } seen) yield return seen with { Line = seen.Line + ": they are no points that a model has not seen" };

        RowHashes Rows(Samples set) => hashes[set];
        Finding? Among(Samples set, Samples other, string relation) =>
            Rows(set).In(Rows(other)) is > 0 and var count ? Tell($"{set.Path}: {SampleLook.Share(count, Rows(set).Count)} of the samples {relation} {other.Path}") : null;
        static Finding Tell(string line) => new(line, IsFault: false);
    }
}
