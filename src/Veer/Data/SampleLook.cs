namespace Veer.Data;

/// <summary>
/// The look before work: generated samples, real ones and held-out ones are held against each other, and what makes work impossible or numbers
/// doubtful is told in a line each. Whether images were resized before they were saved cannot be seen, and is not told.
/// </summary>
public static class SampleLook
{
    /// <summary>Looks.</summary>
    /// <param name="generated">The generated samples, a set for each file.</param>
    /// <param name="real">Real ones: those that the generator was trained on.</param>
    /// <param name="heldOut">Real ones that it has not seen, if there are any.</param>
    /// <param name="neighbors">Neighbours that a sample is asked for in its class.</param>
    /// <param name="use">What the samples are for.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <returns>The lines; faults first.</returns>
    public static IReadOnlyList<Finding> Findings(
        IReadOnlyList<Samples> generated, Samples real, Samples? heldOut, int neighbors, SampleUse use = SampleUse.Evaluation, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentOutOfRangeException.ThrowIfZero(generated.Count, nameof(generated));
        Samples[] others = heldOut is null ? [.. generated] : [.. generated, heldOut], all = [real, .. others];
        Finding[] shapes = [.. all.SelectMany(Whole), .. others.Select(set => Shape(set, real)).OfType<Finding>()];
        if (shapes.Length > 0) return shapes;
        return
        [
            .. ClassesLook.Findings(generated, real, heldOut, neighbors, use)
                .Concat(others.SelectMany(set => Numbers(set, real, use)))
                .Concat(all.SelectMany(set => Doubts(set, use)))
                .Concat(use == SampleUse.Evaluation ? generated.SelectMany(set => Count(set, real)) : [])
                .Concat(RepeatsLook.Findings(generated, real, heldOut, cancellation))
                .OrderByDescending(finding => finding.IsFault),
        ];
    }

    /// <summary>Looks, and refuses faulty samples.</summary>
    /// <returns>The lines that are no faults.</returns>
    /// <exception cref="InputException">The first fault.</exception>
    /// <inheritdoc cref="Findings"/>
    public static IReadOnlyList<Finding> Require(
        IReadOnlyList<Samples> generated, Samples real, Samples? heldOut, int neighbors, SampleUse use = SampleUse.Evaluation, CancellationToken cancellation = default)
    {
        var findings = Findings(generated, real, heldOut, neighbors, use, cancellation);
        return findings.FirstOrDefault(finding => finding.IsFault) is { } fault ? throw new InputException(fault.Line) : findings;
    }

    /// <summary>Refuses samples whose labels are other classes than those of the real ones.</summary>
    internal static void RequireClasses(Samples set, Samples real)
    {
        if (ClassesLook.Mismatch(set, real) is { } misread) throw new InputException(misread);
    }

    /// <summary>Squares of differences of smaller numbers, and their sums, are finite.</summary>
    private const float Largest = 1e15f;

    /// <summary>Number and share in words: "12 (0.24 %)".</summary>
    internal static string Share(long part, long whole) => FormattableString.Invariant($"{part} ({100.0 * part / whole:g3} %)");

    private static IEnumerable<Finding> Whole(Samples set)
    {
        if (!set.Data.Points.isfinite().all().item<bool>()) yield return new($"{set.Path}: points: found numbers that are not finite, expected finite ones", IsFault: true);
        else if (set.Data.Points.abs().max().item<float>() is > Largest and var most)
            yield return new(FormattableString.Invariant($"{set.Path}: points: found {most:g3} as the largest number, expected at most {Largest:g1}: squares of larger ones no longer compare"), IsFault: true);
    }

    /// <summary>That samples are of another shape than the real ones; null where they are of the same.</summary>
    internal static Finding? Shape(Samples set, Samples real)
    {
        if (set.Data.Points.shape.AsSpan(1).SequenceEqual(real.Data.Points.shape.AsSpan(1))) return null;
        return new($"{set.Path}: samples: found {Describe(set)}, expected {Describe(real)}, as in {real.Path}", IsFault: true);

        static string Describe(Samples set) => $"{(set.IsImages ? "images" : "vectors")} of {string.Join(" x ", set.Data.Points.shape[1..])}";
    }

    private static IEnumerable<Finding> Numbers(Samples set, Samples real, SampleUse use)
    {
        if (set.NumberType != real.NumberType && !set.IsOfMemory && !real.IsOfMemory)
            yield return new($"{set.Path}: {set.NumberType} numbers, where {real.Path} has {real.NumberType}", IsFault: false);
        if (SamePlace.Differ(set.Data.Points, real.Data.Points) is { } ranges)
            yield return new($"{set.Path}: points: found {ranges.Found}, expected numbers like those of {real.Path}, {ranges.Expected}", use == SampleUse.Fit);
    }

    private static IEnumerable<Finding> Doubts(Samples set, SampleUse use)
    {
        if (set.Lossy) yield return new($"{set.Path}: read from JPEG, which loses detail: distances from it say less, and do not compare with those from the original images", IsFault: false);
        using var scope = NewDisposeScope();
        var points = set.Data.Points.flatten(1);
        Tensor low = points.amin([1]), high = points.amax([1]);
        double least = low.min().item<float>(), most = high.max().item<float>();
        if (points.shape[0] > 1 && points.eq(points.narrow(0, 0, 1)).all().item<bool>())
        {
            string what = least == 0 && most == 0 && !set.IsImages ? "all numbers are 0" : "all samples are equal";
            yield return new($"{set.Path}: {what}", use == SampleUse.Fit);
        }
        else if (set.IsImages && low.eq(high).sum().item<long>() is > 0 and var constant)
        {
            yield return new($"{set.Path}: {Share(constant, points.shape[0])} of the images are of one colour", IsFault: false);
        }
    }

    private static IEnumerable<Finding> Count(Samples set, Samples real)
    {
        if (set.Data.Count != real.Data.Count)
            yield return new($"{set.Path}: {set.Data.Count} samples, {real.Path} has {real.Data.Count}: most distances depend on the number", IsFault: false);
    }
}
