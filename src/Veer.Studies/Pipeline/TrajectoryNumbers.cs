using System.Globalization;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Metrics;
using Veer.Sampling;
using Veer.Studies.Runs;
using Veer.Studies.Settings;
using Veer.Trajectories;

namespace Veer.Studies.Pipeline;

/// <summary>
/// What the recorded trajectories say: how bent they are, and in one and two dimensions how far they keep from the decision boundary of
/// the classifier that guides (the closed form, where none does). Leaves boundaries and densities for the figures.
/// </summary>
internal sealed class TrajectoryNumbers(RunContext context)
{
    /// <summary>Levels whose boundary is looked for in the plane, where each costs a grid of points.</summary>
    private const int PlaneLevels = 25;

    private const int DensityPoints = 256;

    /// <summary>Standard deviations of pure noise within which densities are drawn.</summary>
    private const double NoiseEdge = 4;

    /// <summary>Width of the room around all trajectories in which boundaries are looked for, over their extent.</summary>
    private const double Room = 0.1;

    private sealed record Recorded(string Guidance, double Scale, Trajectory Trajectory, Tensor Labels);

    /// <summary>The rows of every guidance and scale.</summary>
    public IReadOnlyList<ResultRow> Measure()
    {
        using var scope = NewDisposeScope();
        var all = Read();
        // given samples came without their way
        if (all.Count == 0) return [];
        bool bounded = context.Data.Dimensions <= 2 && context.Data.Train.Classes == 2;
        var box = bounded ? Box.Around(cat([.. all.Select(one => one.Trajectory.States.flatten(0, 1))]), Room) : null;
        var found = new Dictionary<string, List<DecisionBoundary>>();
        var rows = new List<ResultRow>();
        foreach (var guidance in all.GroupBy(one => one.Guidance))
        {
            int[] steps = Steps(guidance.First().Trajectory);
            var boundaries = box is null || ClassifierOf(guidance.Key) is not { } classifier ? [] : Boundaries(classifier, guidance.First().Trajectory, steps);
            if (boundaries.Count > 0) Save(guidance.Key, boundaries, steps);
            rows.AddRange(guidance.SelectMany(one => OfOne(one, boundaries, steps)));
        }
        if (box is { Dimensions: 1 } && context.Data.Truth is not null) SaveDensity(all[0].Trajectory.Levels);
        return rows;

        List<DecisionBoundary> Boundaries(string classifier, Trajectory trajectory, int[] steps)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            string key = $"{classifier} {string.Join(' ', steps.Select(step => trajectory.Levels[step]))}";
            if (found.TryGetValue(key, out var known)) return known;
            return found[key] = [.. steps.Select(step =>
                DecisionBoundary.Find(context.Classifier(classifier), trajectory.Levels[step], box, like: zeros(1, device: context.Run.Device)))];
        }
    }

    private static IEnumerable<ResultRow> OfOne(Recorded one, List<DecisionBoundary> boundaries, int[] steps)
    {
        var classes = one.Labels.unique().output.data<long>().ToArray().Select(label => (
            Name: label.ToString(CultureInfo.InvariantCulture), Rows: one.Labels.eq(label).nonzero().flatten()));
        foreach (var (name, rows) in classes.Append((Name: ClassMeans.All, Rows: arange(one.Labels.shape[0], ScalarType.Int64))))
        {
            var whole = one.Trajectory with { States = one.Trajectory.States.index_select(1, rows) };
            yield return Row(name, RunMetrics.Bend, TrajectoryShape.Bend(whole));
            if (boundaries.Count == 0) continue;
            var distances = TrajectoryShape.BoundaryDistance(Some(whole, steps), boundaries);
            yield return Row(name, RunMetrics.BoundaryDistance, distances.Mean);
            yield return Row(name, RunMetrics.BoundaryLeastDistance, distances.Least);
        }

        ResultRow Row(string label, Metric metric, double value) => new(one.Guidance, one.Scale, label, "before", metric.Name, value);
    }

    private List<Recorded> Read()
    {
        var all = new List<Recorded>();
        foreach (var (guidance, settings) in context.Settings.Guidances)
        {
            foreach (double scale in settings.AllScales)
            {
                var (trajectory, labels) = context.Folder.Trajectory(guidance, scale);
                all.Add(new(guidance, scale, trajectory, labels));
            }
        }
        return all;
    }

    /// <summary>All states on a line; evenly spaced ones in the plane, the last among them.</summary>
    private int[] Steps(Trajectory trajectory)
    {
        int last = trajectory.Levels.Count - 1;
        int count = context.Data.Dimensions == 1 ? last + 1 : Math.Min(PlaneLevels, last + 1);
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Round(last * (i / Math.Max(1.0, count - 1)))).Distinct()];
    }

    private static Trajectory Some(Trajectory trajectory, int[] steps) => new(
        trajectory.States.index_select(0, tensor(steps.Select(step => (long)step).ToArray())), [.. steps.Select(step => trajectory.Levels[step])]);

    private string? ClassifierOf(string guidance)
    {
        var settings = context.Settings.Guidances[guidance];
        if (settings.Guidance.Needs.HasFlag(GuidanceNeeds.Classifier)) return settings.Classifier;
        return context.Data.Truth is null ? null : VariantNames.Exact;
    }

    private void Save(string guidance, List<DecisionBoundary> boundaries, int[] steps)
    {
        using var scope = NewDisposeScope();
        bool line = context.Data.Dimensions == 1;
        var marks = boundaries.Zip(steps).SelectMany(entry => line
            ? entry.First.Roots.Select(root => (entry.Second, At: (double[])[root]))
            : entry.First.Segments.Select(segment => (entry.Second, At: (double[])[segment.From.X, segment.From.Y, segment.To.X, segment.To.Y]))).ToList();
        context.Folder.WriteBoundary(guidance, marks, line);
    }

    private void SaveDensity(IReadOnlyList<NoiseLevel> levels)
    {
        using var scope = NewDisposeScope();
        // from data to pure noise, nothing lies beyond
        double edge = Math.Max(NoiseEdge, context.Data.HeldOut.Points.abs().max().item<float>());
        var grid = linspace(-edge, edge, DensityPoints);
        var everything = full([DensityPoints], (long)context.Truth.Classes, ScalarType.Int64);
        var values = levels.Select(level => context.Truth.LogDensity(grid.unsqueeze(1), level, everything).exp());
        context.Folder.WriteDensity(grid, stack([.. values]));
    }
}
