using System.Globalization;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Labels and classes of sets against those of the real samples, and whether a class has neighbours enough.</summary>
internal static class ClassesLook
{
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
            if (Mismatch(set, real) is { } misread)
            {
                yield return new(misread, IsFault: true);
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

        string Named(int[] labels) => $"class{(labels.Length > 1 ? "es" : "")} {Listed.First([.. labels.Select(Called)])}";
        string Called(int label) => names is { } known && label < known.Count ? $"{label} ({known[label]})" : $"{label}";
        static string Labels(Samples set) => set.Labelled ? "labels" : "no labels";
    }

    /// <summary>That a label is another class in one set than in the other, as the names of their folders tell; null where nothing does.</summary>
    public static string? Mismatch(Samples one, Samples other)
    {
        if (one.ClassNames is { } own && other.ClassNames is { } known)
            return own.SequenceEqual(known) ? null : $"{one.Path}: classes: found {string.Join(", ", own)}, expected those of {other.Path}: {string.Join(", ", known)}";
        if (one.ClassNames is null) (one, other) = (other, one);
        // folders "3", "5", "7" are classes 0, 1, 2, and not 3, 5, 7 of others
        if (one.ClassNames is not { } names || !other.Labelled || other.Data.Classes <= names.Count) return null;
        return !names.All(IsNumber) || AreLabels(names) ? null
            : $"{one.Path}: classes: found {Listed.First(names)}, which are labels 0 to {names.Count - 1} in this order, expected those of {other.Path}, whose labels are numbers";
    }

    /// <summary>Samples with the labels that they have among the classes of a model: by their names, where both have names, of which they may have a few.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="names">Those of the model's classes, in the order of its labels.</param>
    /// <exception cref="InputException">A class of the samples has none of these names.</exception>
    public static Samples Among(Samples samples, IReadOnlyList<string> names)
    {
        if (samples.ClassNames is not { } own) return samples;
        List<string> all = [.. names];
        long[] label = [.. own.Select(name => (long)all.IndexOf(name))];
        if (label.All(one => one >= 0)) return samples.Relabelled(new(samples.Data.Points, tensor(label).index_select(0, samples.Data.Labels), names.Count), samples.Labelled, names);
        // folders called by their labels, of classes that have words for names
        if (AreLabels(own) && !names.Any(IsNumber)) return samples;
        throw new InputException(samples.Path, "classes", Listed.First([.. own.Where((_, at) => label[at] < 0)]), $"some of {Listed.First(names)}");
    }

    /// <summary>Whether each class is called by its label.</summary>
    public static bool AreLabels(IReadOnlyList<string> names) => names.Index().All(name => name.Item == name.Index.ToString(CultureInfo.InvariantCulture));

    private static bool IsNumber(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static long[] Counts(Samples set)
    {
        using var counts = set.Data.Labels.bincount(null, set.Data.Classes);
        return counts.data<long>().ToArray();
    }

    private static int[] Only(long[] counts, long[] others) =>
        [.. Enumerable.Range(0, counts.Length).Where(label => counts[label] > 0 && (label >= others.Length || others[label] == 0))];
}
