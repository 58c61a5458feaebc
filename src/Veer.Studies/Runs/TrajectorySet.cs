namespace Veer.Studies.Runs;

/// <summary>generated/&lt;guidance&gt;-w&lt;scale&gt;/trajectories.npz.</summary>
/// <param name="Guidance">The guidance's name.</param>
/// <param name="Scale">The guidance scale w.</param>
/// <param name="States">[S, n, D], from pure noise to the end, by a deterministic sampler.</param>
/// <param name="Labels">The class of each of the n.</param>
/// <param name="Ancestral">[S, m, 1]: the first m of them by ancestral DDPM; only on a line, and not in every study.</param>
internal sealed record TrajectorySet(string Guidance, double Scale, NumericArray States, int[] Labels, NumericArray? Ancestral = null)
{
    public int Steps => States.Shape[0];
    public int Dimensions => States.Shape[2];

    public static TrajectorySet Read(ArrayFile file, string guidance, double scale)
    {
        var states = file.Filled("states", -1, -1, -1);
        int[] labels = file.Integers("labels", states.Shape[1]);
        if (!file.Has("ancestral")) return new(guidance, scale, states, labels);
        var ancestral = file.Array("ancestral", states.Shape[0], -1, states.Shape[2]);
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

/// <summary>The trajectories of one guidance, by scale, all of as many dimensions; the decision boundary, if there is one; on a line the density, if it is known.</summary>
internal sealed record GuidedTrajectories(string Guidance, IReadOnlyList<TrajectorySet> Sets, DrawnBoundary? Boundary, LineDensity? Density)
{
    public int Dimensions => Sets[0].Dimensions;

    /// <summary>Refuses what does not fit together.</summary>
    /// <exception cref="InputException">Scales differ in dimensions, or boundary or density in states.</exception>
    public GuidedTrajectories Checked(RunPaths paths)
    {
        foreach (var set in Sets)
        {
            if (set.Dimensions != Dimensions)
                throw new InputException(RunPaths.Trajectories(paths.Generated(Guidance, set.Scale)), "states", $"{set.Dimensions} dimensions", $"{Dimensions}, as at other scales");
            if (Density is not null && Density.Values.Rows != set.Steps)
                throw new InputException(paths.Density, "values", $"{Density.Values.Rows} rows", $"{set.Steps}, one per state of {Guidance}'s trajectories");
            if (Boundary?.Steps.Any(step => step < 0 || step >= set.Steps) == true)
                throw new InputException(paths.Boundary(Guidance), "steps", $"{Boundary.Steps.Min()} to {Boundary.Steps.Max()}", $"0 to {set.Steps - 1}, states of the trajectories");
        }
        return this;
    }
}

/// <summary>samples/boundary-&lt;guidance&gt;.npz: where p(c given x_t) = 1/2.</summary>
/// <param name="Steps">[M]: the state of the trajectories that each entry belongs to.</param>
/// <param name="Points">[M, 1] on a line, else null.</param>
/// <param name="Segments">[M, 2, 2] (start and end) in the plane, else null.</param>
internal sealed record DrawnBoundary(int[] Steps, NumericArray? Points, NumericArray? Segments)
{
    public static DrawnBoundary Read(ArrayFile file)
    {
        bool line = file.Has("points");
        if (!line && !file.Has("segments")) throw file.Fault("points", "nothing", "points [M, 1] or segments [M, 2, 2]");
        var entries = line ? file.Array("points", -1, 1) : file.Array("segments", -1, 2, 2);
        return new(file.Integers("steps", entries.Rows), line ? entries : null, line ? null : entries);
    }
}

/// <summary>samples/density.npz: the density of x_t of all classes on a line.</summary>
/// <param name="Values">[S, G]: a row per state of the trajectories.</param>
/// <param name="Grid">[G]: the places, ascending.</param>
internal sealed record LineDensity(NumericArray Values, float[] Grid)
{
    public static LineDensity Read(ArrayFile file)
    {
        float[] grid = file.Array("grid", -1).Values;
        if (grid.Length < 2 || grid.Zip(grid.Skip(1)).Any(pair => !(pair.First < pair.Second)))
            throw file.Fault("grid", $"{grid.Length} places", "at least 2, each above the one before");
        return new(file.Array("values", -1, grid.Length), grid);
    }
}
