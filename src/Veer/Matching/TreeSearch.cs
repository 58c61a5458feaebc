using System.Runtime.CompilerServices;

namespace Veer.Matching;

/// <summary>
/// Exact nearest neighbours by a <see cref="KdTree"/>. In few dimensions queries that lie together, the leaves of a tree of their own, are answered together:
/// where c is the middle of their box and r the distance to c's k-th neighbour, the k-th of a query q is no farther than r + |q - c| (triangle inequality),
/// so one visit to the tree finds the candidates of all.
/// </summary>
/// <remarks>Loops are compiled in full from the start: a search is often over before the runtime finds them worth it.</remarks>
internal static class TreeSearch
{
    /// <summary>Up to here; beyond, too many points are candidates.</summary>
    private const int GroupedDimensions = 3;

    /// <summary>Longest lists that are filled so.</summary>
    private const int GroupedK = 64;

    /// <summary>Leaves or queries of one piece of work.</summary>
    private const int LeavesAtOnce = 16, QueriesAtOnce = 256;

    /// <summary>Nearly every query has k neighbours within so many times the squared distance of the middle's k-th.</summary>
    private const double Likely = 1.5;

    /// <summary>A reach is made longer by this factor and this length, far more than rounding takes off.</summary>
    private const double Slack = 1 + 1e-12, Least = 1e-150;

    /// <summary>Answers all queries, in parallel.</summary>
    /// <param name="queries">[N, dimensions], row by row.</param>
    /// <param name="points">[M, dimensions].</param>
    /// <param name="dimensions">Coordinates per point.</param>
    /// <param name="table">N lists to fill; k at most M.</param>
    /// <param name="cancellation">Checked between pieces of work.</param>
    public static void Fill(double[] queries, double[] points, int dimensions, NeighborTable table, CancellationToken cancellation)
    {
        var tree = new KdTree(points, dimensions);
        var options = new ParallelOptions { CancellationToken = cancellation };
        if (dimensions > GroupedDimensions || table.K > GroupedK)
        {
            Parallel.For(0, (table.Queries - 1) / QueriesAtOnce + 1, options, piece =>
            {
                int first = piece * QueriesAtOnce, last = Math.Min(table.Queries, first + QueriesAtOnce);
                for (int i = first; i < last; i++) tree.Find(Point(queries, i, dimensions), table[i]);
                table.Done(last - first);
            });
            return;
        }
        var groups = new KdTree(queries, dimensions);
        Parallel.For(0, (groups.Leaves + LeavesAtOnce - 1) / LeavesAtOnce, options, () => new Group(tree, queries, dimensions, table), (piece, _, group) =>
        {
            int answered = 0;
            for (int leaf = piece * LeavesAtOnce; leaf < Math.Min(groups.Leaves, (piece + 1) * LeavesAtOnce); leaf++)
                answered += group.Answer(groups.Leaf(leaf, out var box), box);
            table.Done(answered);
            return group;
        }, _ => { });
    }

    private static ReadOnlySpan<double> Point(double[] rows, int row, int dimensions) => rows.AsSpan(row * dimensions, dimensions);

    private sealed class Group(KdTree tree, double[] queries, int dimensions, NeighborTable table)
    {
        private readonly TreeCandidates candidates = tree.Candidates();
        private readonly NeighborTable ofMiddle = new(1, table.K, progress: null);
        private readonly double[] middle = new double[dimensions];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Answer(ReadOnlySpan<int> rows, ReadOnlySpan<double> box)
        {
            double toCorner = 0;
            for (int axis = 0; axis < dimensions; axis++)
            {
                middle[axis] = box[axis] + (box[dimensions + axis] - box[axis]) / 2;
                toCorner += Square(Math.Max(middle[axis] - box[axis], box[dimensions + axis] - middle[axis]));
            }
            ofMiddle[0].Clear();
            tree.Find(middle, ofMiddle[0]);
            double radius = Math.Sqrt(ofMiddle[0].Worst);
            bool together = tree.Gather(box, Reach(radius, toCorner), candidates);
            foreach (int row in rows)
            {
                var query = Point(queries, row, dimensions);
                if (together && candidates.TryFill(query, Likely * ofMiddle[0].Worst, Reach(radius, SquaredDistance(query)), table[row])) continue;
                tree.Find(query, table[row]);
            }
            return rows.Length;
        }

        private double SquaredDistance(ReadOnlySpan<double> query)
        {
            double sum = 0;
            for (int axis = 0; axis < dimensions; axis++) sum += Square(query[axis] - middle[axis]);
            return sum;
        }

        private static double Reach(double radius, double squared) => Square((radius + Math.Sqrt(squared)) * Slack + Least);

        private static double Square(double value) => value * value;
    }
}
