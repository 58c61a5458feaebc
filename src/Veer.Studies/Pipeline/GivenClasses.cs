using Veer.Data;

namespace Veer.Studies.Pipeline;

/// <summary>The classes of given samples: real points of others have nothing to repair, and samples cannot be brought to what nobody has seen.</summary>
internal static class GivenClasses
{
    /// <summary>The data with the real points of the samples' classes alone; labels keep their numbers.</summary>
    /// <param name="data">Real points.</param>
    /// <param name="present">The classes that samples have.</param>
    public static StudyData Kept(StudyData data, IReadOnlySet<int> present) => !data.Labelled || Counts(data.Train).Index().All(one => one.Item == 0 || present.Contains(one.Index)) ? data
        : data with { Train = Rows(data.Train, present), HeldOut = Rows(data.HeldOut, present), Second = Rows(data.Second, present) };

    /// <summary>Refuses classes of samples of which no real point is left to train on, or to measure against.</summary>
    /// <param name="data">Real points as they were divided.</param>
    /// <param name="present">The classes that samples have.</param>
    /// <param name="real">Real points as they were read.</param>
    /// <param name="heldOut">Held-out ones as they were read; null where a part of the others is held out.</param>
    /// <exception cref="InputException">There are such classes.</exception>
    public static void Require(StudyData data, IReadOnlySet<int> present, LabeledData real, LabeledData? heldOut)
    {
        if (!data.Labelled) return;
        long[] trained = Counts(data.Train), measured = Counts(data.HeldOut);
        foreach (int label in present.Order())
        {
            if (trained[label] > 0 && measured[label] > 0) continue;
            var (name, read) = trained[label] > 0 && heldOut is not null ? (data.HeldOutName, heldOut) : (data.TrainName, real);
            string called = data.ClassNames is { } names ? $"{label} ({names[label]})" : $"{label}";
            long count = Counts(read).ElementAtOrDefault(label);
            throw new InputException(name, "labels", $"{count} {(count == 1 ? "sample" : "samples")} of class {called}", "so many of each class that some can be trained on, some validate and some be held out; or no labels");
        }
    }

    public static long[] Counts(LabeledData data)
    {
        using var counts = data.Labels.bincount(null, data.Classes);
        return counts.data<long>().ToArray();
    }

    private static LabeledData Rows(LabeledData data, IReadOnlySet<int> classes) =>
        data.Rows([.. data.Labels.data<long>().ToArray().Index().Where(one => classes.Contains((int)one.Item)).Select(one => (long)one.Index)]);
}
