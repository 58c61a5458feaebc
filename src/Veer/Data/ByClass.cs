namespace Veer.Data;

/// <summary>What every pairing asks of features and their classes.</summary>
internal static class ByClass
{
    /// <summary>Who asks, in the errors of the pairings that need no neighbours.</summary>
    public const string Task = "pairing";

    /// <summary>Values beyond this have squares that no longer compare.</summary>
    private const double LargestValue = 1e30;

    /// <summary>The rows of each class, in their order.</summary>
    /// <param name="rows">[N, ...].</param>
    /// <param name="labels">[N] int64, each 0 to classes - 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="task">Who asks, for the error.</param>
    /// <param name="name">What the labels are called, for the error.</param>
    /// <returns>[classes] int64 lists on the device of the rows.</returns>
    /// <exception cref="InputException">A label is out of range.</exception>
    public static Tensor[] Split(Tensor rows, Tensor labels, int classes, string task, string name)
    {
        RequireLabels(rows, labels, classes, task, name);
        // one pass for all classes: names may be numbers of many digits
        var (_, order) = sort(labels, stable: true);
        return order.to(rows.device).split(labels.bincount(null, classes).cpu().data<long>().ToArray());
    }

    /// <exception cref="ArgumentException">They are not one Int64 for each row.</exception>
    /// <exception cref="InputException">A label is not 0 to classes - 1.</exception>
    public static void RequireLabels(Tensor rows, Tensor labels, int classes, string task, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (rows.dim() == 0 || labels.dim() != 1 || labels.shape[0] != rows.shape[0] || labels.dtype != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"{name}: rows [{string.Join(", ", rows.shape)}] have labels [{string.Join(", ", labels.shape)}] {labels.dtype}, not one Int64 each",
                nameof(labels));
        }
        RequireRange(labels, classes, task, name);
    }

    /// <exception cref="InputException">A label is not 0 to classes - 1.</exception>
    public static void RequireRange(Tensor labels, int classes, string task, string name)
    {
        if (labels.shape[0] == 0) return;
        var (low, high) = (labels.min().item<long>(), labels.max().item<long>());
        long faulty = low < 0 ? low : high;
        if (faulty < 0 || faulty >= classes) throw new InputException(task, name, $"{faulty}", $"0 to {classes - 1}");
    }

    /// <exception cref="InputException">A class that is asked for has no point.</exception>
    public static void RequireTargets(Tensor[] asked, Tensor[] known)
    {
        for (int label = 0; label < asked.Length; label++)
        {
            if (asked[label].shape[0] > 0 && known[label].shape[0] == 0)
                throw new InputException(Task, $"class {label}", "0 real points", "at least 1");
        }
    }

    /// <exception cref="InputException">A value is not finite, or too large to be squared.</exception>
    public static void RequireFinite(Tensor rows, string task, string name)
    {
        using var scope = NewDisposeScope();
        // the ends of each row, which NaN spreads to, need no copy of the rows
        var faulty = (rows.amin([1]).gt(-LargestValue) & rows.amax([1]).lt(LargestValue)).logical_not().nonzero();
        if (faulty.shape[0] == 0) return;
        throw new InputException(
            task, $"row {faulty[0, 0].item<long>()} of the {name}", "a value that is not finite or too large",
            FormattableString.Invariant($"numbers below {LargestValue:0e0}"));
    }
}
