namespace Veer.Studies.Reporting;

/// <summary>generated/&lt;guidance&gt;-w&lt;scale&gt;/trajectories.npz.</summary>
/// <param name="Guidance">The guidance's name.</param>
/// <param name="Scale">The guidance scale w.</param>
/// <param name="States">[S, n, D], from pure noise to the end, by deterministic DDIM.</param>
/// <param name="Labels">The class of each of the n.</param>
/// <param name="Ancestral">[S, m, 1]: the first m of them by ancestral DDPM; only on a line, and not in every study.</param>
internal sealed record TrajectorySet(string Guidance, double Scale, NumericArray States, int[] Labels, NumericArray? Ancestral = null)
{
    public int Steps => States.Shape[0];

    public int Dimensions => States.Shape[2];

    public static TrajectorySet Read(string path, string guidance, double scale)
    {
        var file = new ArrayFile(path);
        var states = file.Filled("states", 3);
        int[] labels = file.Integers("labels", states.Shape[1]);
        if (!file.Has("ancestral")) return new(guidance, scale, states, labels);
        var ancestral = file.Shaped("ancestral", states.Shape[0], -1, states.Shape[2]);
        return ancestral.Shape[1] <= labels.Length ? new(guidance, scale, states, labels, ancestral)
            : throw file.Fault("ancestral", $"{ancestral.Shape[1]} samples", $"at most {labels.Length}, as in states");
    }

    /// <summary>The states of one sample, in order: the value of one coordinate.</summary>
    public static IEnumerable<float> Follow(NumericArray states, int sample, int coordinate = 0)
    {
        int column = sample * states.Shape[2] + coordinate;
        return Enumerable.Range(0, states.Shape[0]).Select(step => states[step, column]);
    }
}

/// <summary>samples/boundary-&lt;guidance&gt;.npz: where p(c given x_t) = 1/2.</summary>
/// <param name="Guidance">The guidance's name.</param>
/// <param name="Steps">[M]: the state of the trajectories that each entry belongs to.</param>
/// <param name="Points">[M, 1] on a line, else null.</param>
/// <param name="Segments">[M, 2, 2] (start and end) in the plane, else null.</param>
internal sealed record DrawnBoundary(string Guidance, int[] Steps, NumericArray? Points, NumericArray? Segments)
{
    public static DrawnBoundary Read(string path, string guidance)
    {
        var file = new ArrayFile(path);
        bool line = file.Has("points");
        if (!line && !file.Has("segments")) throw file.Fault("points", "nothing", "points [M, 1] or segments [M, 2, 2]");
        var entries = line ? file.Shaped("points", -1, 1) : file.Shaped("segments", -1, 2, 2);
        return new(guidance, file.Integers("steps", entries.Rows), line ? entries : null, line ? null : entries);
    }

    /// <summary>The segments of the last state that has any: (x, y) of the start, (x, y) of the end.</summary>
    public IReadOnlyList<(float StartX, float StartY, float EndX, float EndY)> LastSegments()
    {
        if (Segments is null || Steps.Length == 0) return [];
        int last = Steps.Max();
        return [.. Enumerable.Range(0, Steps.Length).Where(row => Steps[row] == last)
            .Select(row => (Segments[row, 0], Segments[row, 1], Segments[row, 2], Segments[row, 3]))];
    }
}

/// <summary>samples/density.npz: the density of x_t of all classes on a line.</summary>
/// <param name="Values">[S, G]: a row per state of the trajectories.</param>
/// <param name="Grid">[G]: the places, ascending.</param>
internal sealed record LineDensity(NumericArray Values, float[] Grid)
{
    public static LineDensity Read(string path)
    {
        var file = new ArrayFile(path);
        float[] grid = file.Array("grid", 1).Values;
        if (grid.Length < 2 || grid.Zip(grid.Skip(1)).Any(pair => !(pair.First < pair.Second)))
            throw file.Fault("grid", $"{grid.Length} places", "at least 2, each above the one before");
        return new(file.Shaped("values", -1, grid.Length), grid);
    }
}
