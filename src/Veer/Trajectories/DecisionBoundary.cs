using System.Collections.Immutable;
using Veer.Diffusion;
using Veer.Guidance;

namespace Veer.Trajectories;

/// <summary>
/// Where a noisy classifier cannot decide, in one or two dimensions: p(c given x) = 1/2 for two classes; for more, where a class is as
/// probable as the best other. In the space of x at that noise level, within a box, found on a regular grid.
/// </summary>
/// <remarks>
/// Two crossings of one grid edge are not seen: the grid must be finer than the boundary's details. Roots, and the ends of segments, are
/// exact to about 1/1000 of a grid step or better, so a curve is missed by its sagitta alone, step² · curvature / 8.
/// </remarks>
public sealed class DecisionBoundary
{
    /// <summary>Grid points in one dimension, unless said otherwise.</summary>
    public const int DefaultLineResolution = 1024;

    /// <summary>Grid points on each axis of the plane, unless said otherwise.</summary>
    public const int DefaultPlaneResolution = 128;

    private const double Room = 0.5;
    private const int Widenings = 4;
    private const double SmallestSquare = 1e-300;
    private const long BatchSize = 1 << 16;

    /// <summary>Distances computed at a time: 4 MB in float64, which stays in a core's own caches.</summary>
    private const long ChunkValues = 1 << 19;

    private DecisionBoundary(Box box, ImmutableArray<double> roots, ImmutableArray<Segment> segments)
    {
        Box = box;
        Roots = roots;
        Segments = segments;
    }

    /// <summary>Where it was looked for.</summary>
    public Box Box { get; }

    /// <summary>The boundary in one dimension, ascending; empty in two.</summary>
    public ImmutableArray<double> Roots { get; }

    /// <summary>The boundary in two dimensions, in no order; empty in one.</summary>
    public ImmutableArray<Segment> Segments { get; }

    /// <summary>Whether one class is the more probable everywhere in the box.</summary>
    public bool IsEmpty => Roots.IsEmpty && Segments.IsEmpty;

    /// <summary>Finds the boundary in a box.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="level">The noise level.</param>
    /// <param name="box">Where to look; of one or two dimensions.</param>
    /// <param name="label">The class whose boundary is wanted; of two classes both have the same.</param>
    /// <param name="resolution">
    /// Grid points on each axis, at least 2; <see cref="DefaultLineResolution"/> or <see cref="DefaultPlaneResolution"/> if not given.
    /// </param>
    /// <param name="like">Its type and device are those the classifier is asked in; float32 on the CPU if not given.</param>
    /// <exception cref="NonFiniteException">The classifier's answer is not finite.</exception>
    public static DecisionBoundary Find(
        INoisyClassifier classifier, NoiseLevel level, Box box, int label = 0, int? resolution = null, Tensor? like = null)
    {
        if (box.Dimensions > 2) throw new ArgumentException($"a box of {box.Dimensions} dimensions, but 1 or 2 are wanted", nameof(box));
        if (label < 0 || label >= classifier.Classes)
            throw new ArgumentOutOfRangeException(nameof(label), label, $"0 to {classifier.Classes - 1}");
        int side = resolution ?? (box.Dimensions == 1 ? DefaultLineResolution : DefaultPlaneResolution);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 2, nameof(resolution));
        var grid = new SignChanges(box, side, coordinates =>
        {
            using var scope = NewDisposeScope();
            var points = tensor(coordinates, like?.dtype ?? ScalarType.Float32, like?.device).reshape(-1, box.Dimensions);
            return LogOdds(classifier, level, points, label);
        });
        return box.Dimensions == 1 ? new(box, [.. grid.Points], []) : new(box, [], MarchingSquares.Segments(grid));
    }

    /// <summary>
    /// Finds the boundary near some points: in their bounding box with room of half its largest side around it. A box without a boundary
    /// is widened, to 17 times the points' extent at most.
    /// </summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="level">The noise level of the points.</param>
    /// <param name="points">[N, D], D = 1 or 2; their type and device are those the classifier is asked in.</param>
    /// <param name="label">As in <see cref="Find"/>.</param>
    /// <param name="resolution">As in <see cref="Find"/>.</param>
    public static DecisionBoundary Near(
        INoisyClassifier classifier, NoiseLevel level, Tensor points, int label = 0, int? resolution = null)
    {
        double room = Room;
        var boundary = Find(classifier, level, Box.Around(points, room), label, resolution, points);
        for (int i = 0; i < Widenings && boundary.IsEmpty; i++)
        {
            room *= 2;
            boundary = Find(classifier, level, Box.Around(points, room), label, resolution, points);
        }
        return boundary;
    }

    /// <summary>
    /// The Euclidean distance of each point to the boundary, [N] in the points' type; +infinity where there is none. A part of the boundary
    /// outside the box counts for nothing: a distance is sure if it is no longer than the point's way to the edge of the box.
    /// </summary>
    /// <param name="points">[N, D].</param>
    public Tensor Distance(Tensor points)
    {
        if (points.dim() != 2 || points.shape[1] != Box.Dimensions)
            throw new ArgumentException($"points must be [N, {Box.Dimensions}], not [{string.Join(", ", points.shape)}]", nameof(points));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var distances = full([points.shape[0]], double.PositiveInfinity, points.dtype, points.device);
        if (IsEmpty) return distances.MoveToOuterDisposeScope();
        Func<Tensor, Tensor> nearest = Box.Dimensions == 1 ? ToRoots(points.device) : ToSegments(points.device);
        long chunk = Math.Max(1, ChunkValues / Math.Max(Roots.Length, Segments.Length));
        for (long first = 0; first < points.shape[0]; first += chunk)
        {
            using var part = NewDisposeScope();
            long count = Math.Min(chunk, points.shape[0] - first);
            distances.narrow(0, first, count).copy_(nearest(points.narrow(0, first, count).to(ScalarType.Float64)));
        }
        return distances.MoveToOuterDisposeScope();
    }

    private Func<Tensor, Tensor> ToRoots(Device device)
    {
        var roots = tensor(Roots.AsSpan().ToArray(), device: device);
        return points => (points - roots).abs().amin(1);
    }

    private Func<Tensor, Tensor> ToSegments(Device device)
    {
        Tensor Row(Func<Segment, double> value) => tensor(Segments.Select(value).ToArray(), device: device);
        var (fromX, fromY) = (Row(s => s.From.X), Row(s => s.From.Y));
        var (alongX, alongY) = (Row(s => s.To.X - s.From.X), Row(s => s.To.Y - s.From.Y));
        // a segment may have shrunk to a point
        var square = (alongX * alongX + alongY * alongY).clamp_min(SmallestSquare);
        return points =>
        {
            var (x, y) = (points.narrow(1, 0, 1) - fromX, points.narrow(1, 1, 1) - fromY);
            var share = (x * alongX).addcmul_(y, alongY, 1).div_(square).clamp_(0, 1);
            x.addcmul_(share, alongX, -1);
            y.addcmul_(share, alongY, -1);
            return x.mul_(x).addcmul_(y, y, 1).amin(1).sqrt();
        };
    }

    /// <summary>log p(label given x) less the best other class's, point by point.</summary>
    private static double[] LogOdds(INoisyClassifier classifier, NoiseLevel level, Tensor points, int label)
    {
        using var quiet = no_grad();
        var values = new List<double>();
        for (long first = 0; first < points.shape[0]; first += BatchSize)
        {
            using var scope = NewDisposeScope();
            var log = classifier.LogProbability(points.narrow(0, first, Math.Min(BatchSize, points.shape[0] - first)), level);
            long[] others = [.. Enumerable.Range(0, classifier.Classes).Where(c => c != label).Select(c => (long)c)];
            var odds = log.select(1, label) - log.index_select(1, tensor(others, device: log.device)).amax(1);
            values.AddRange(odds.cpu().to(ScalarType.Float64).data<double>());
        }
        if (!values.TrueForAll(double.IsFinite))
            throw new NonFiniteException(FormattableString.Invariant(
                $"the classifier's log-odds are not finite at level ({level.Alpha:g4}, {level.Sigma:g4})"));
        return [.. values];
    }
}
