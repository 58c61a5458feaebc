using System.Globalization;

namespace Veer.Diffusion;

/// <summary>Which steps of a long process a shorter one keeps.</summary>
internal static class Respacing
{
    public static int[] Parse(int steps, string spacing)
    {
        ArgumentNullException.ThrowIfNull(spacing);
        bool strided = spacing.StartsWith("ddim", StringComparison.Ordinal);
        var counts = new List<int>();
        foreach (string part in (strided ? spacing[4..] : spacing).Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count < 1)
                throw Refused(spacing, "\"50\", \"10,10,15,20\" or \"ddim50\", each number at least 1");
            counts.Add(count);
        }
        if (strided && counts is [1] && steps > 1) throw Refused(spacing, "two steps or more: a stride begins at step 0, and a single one from there starts at no noise");
        if (strided && counts.Count == 1)
            return Strided(steps, counts[0]) ?? throw Refused(spacing, $"a number of steps that some integer stride through {steps} gives");
        if (strided || counts.Count > steps || counts.Where((count, i) => count > SectionSize(steps, counts.Count, i)).Any())
            throw Refused(spacing, $"no more steps in a section than its share of {steps}");
        return Even(steps, [.. counts]);
    }

    /// <summary>
    /// So many steps from each of several sections of equal size (the first ones one longer where it does not divide). A section's single step
    /// is its first, but for the last section's: samples start there, and only the last step is pure noise.
    /// </summary>
    public static int[] Even(int steps, int[] counts)
    {
        var kept = new List<int>();
        int start = 0;
        for (int section = 0; section < counts.Length; section++)
        {
            int size = SectionSize(steps, counts.Length, section);
            int count = counts[section];
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(counts));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, size, nameof(counts));
            double stride = count == 1 ? 1 : (size - 1) / (double)(count - 1);
            // summed up and rounded half to even, as trained checkpoints' published samples were: i · stride gives other steps
            double at = count == 1 && section == counts.Length - 1 ? size - 1 : 0;
            for (int i = 0; i < count; i++, at += stride) kept.Add(start + (int)Math.Round(at, MidpointRounding.ToEven));
            start += size;
        }
        return [.. kept];
    }

    /// <summary>0, s, 2s ... with the smallest stride s that gives the count; null where none does.</summary>
    private static int[]? Strided(int steps, int count)
    {
        for (int stride = 1; stride <= steps; stride++)
        {
            if ((steps + stride - 1) / stride == count) return [.. Enumerable.Range(0, count).Select(i => i * stride)];
        }
        return null;
    }

    private static int SectionSize(int steps, int sections, int section) => steps / sections + (section < steps % sections ? 1 : 0);

    private static InputException Refused(string spacing, string expected) => new("respacing", "steps", $"\"{spacing}\"", expected);
}
