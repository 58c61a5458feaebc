namespace Veer.Data;

/// <summary>Labels and classes of sets against those of the real samples, and whether a class has neighbours enough.</summary>
internal static class ClassesLook
{
    // names of classes in a line
    private const int MostNamed = 5;

    /// <summary>A line for everything that does not fit.</summary>
    public static IEnumerable<Finding> Findings(IReadOnlyList<Samples> generated, Samples real, Samples? heldOut, int neighbors, SampleUse use)
    {
        bool fit = use == SampleUse.Fit;
        var names = real.ClassNames ?? heldOut?.ClassNames;
        if (generated.FirstOrDefault(set => set.Labelled != generated[0].Labelled) is { } other)
            yield return new($"{other.Path}: labels: found {Labels(other)}, expected {Labels(generated[0])}, as in {generated[0].Path}", IsFault: true);
        foreach (var set in heldOut is null ? generated : [.. generated, heldOut])
        {
            if (set.Labelled != real.Labelled)
            {
                yield return new($"{set.Path}: labels: found {Labels(set)}, where {real.Path} has {Labels(real)}{(fit ? "" : ": classes are not told apart")}", fit);
                continue;
            }
            if (set.ClassNames is { } own && real.ClassNames is { } known && !own.SequenceEqual(known))
            {
                yield return new($"{set.Path}: classes: found {string.Join(", ", own)}, expected those of {real.Path}: {string.Join(", ", known)}", IsFault: true);
                continue;
            }
            long[] there = Counts(set), wanted = Counts(real);
            int[] more = Only(there, wanted), missing = Only(wanted, there);
            if (more.Length > 0) yield return new($"{set.Path}: classes: found {Named(more)}, of which {real.Path} has no sample", IsFault: true);
            if (missing.Length > 0) yield return new($"{set.Path}: classes: found no sample of {Named(missing)}, of which {real.Path} has some{(fit && set != heldOut ? ": real ones of other classes are passed over" : "")}", fit && set == heldOut);
        }
        foreach (var set in heldOut is null ? [real, .. generated] : (Samples[])[real, .. generated, heldOut])
        {
            long[] counts = Counts(set);
            int[] few = [.. Enumerable.Range(0, counts.Length).Where(label => counts[label] > 0 && counts[label] < neighbors)];
            if (few.Length == 0) continue;
            long[] there = [.. few.Select(label => counts[label]).Order()];
            string number = there[0] == there[^1] ? $"{there[0]}" : $"{there[0]} to {there[^1]}";
            string found = $"{number} {(number == "1" ? "sample" : "samples")}{(set.Labelled ? $" in {(few.Length > 1 ? "each of " : "")}{Named(few)}" : "")}";
            yield return new($"{set.Path}: samples: found {found}, expected at least {neighbors}, as many as neighbours are asked for", fit && set == real);
        }

        string Named(int[] labels) => $"class{(labels.Length > 1 ? "es" : "")} {string.Join(", ", labels.Take(MostNamed).Select(Called))}{(labels.Length > MostNamed ? $" and {labels.Length - MostNamed} more" : "")}";
        string Called(int label) => names is { } known && label < known.Count ? $"{label} ({known[label]})" : $"{label}";
        static string Labels(Samples set) => set.Labelled ? "labels" : "no labels";
    }

    private static long[] Counts(Samples set)
    {
        using var counts = set.Data.Labels.bincount(null, set.Data.Classes);
        return counts.data<long>().ToArray();
    }

    private static int[] Only(long[] counts, long[] others) =>
        [.. Enumerable.Range(0, counts.Length).Where(label => counts[label] > 0 && (label >= others.Length || others[label] == 0))];
}
