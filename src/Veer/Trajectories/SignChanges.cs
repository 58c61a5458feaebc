namespace Veer.Trajectories;

/// <summary>
/// Where a function changes its sign along the edges of a regular grid over a box. An edge is bisected a few times and then cut where a
/// straight line between its ends would vanish.
/// </summary>
internal sealed class SignChanges
{
    public const int None = -1;

    private const int Bisections = 5;

    private readonly Box box;
    private readonly int[] strides;
    private readonly int[][] crossingOf;

    /// <param name="box">Where to look.</param>
    /// <param name="resolution">Grid points on each axis, at least 2.</param>
    /// <param name="function">The values [n] at n points, given [n, D] row by row.</param>
    public SignChanges(Box box, int resolution, Func<double[], double[]> function)
    {
        this.box = box;
        Resolution = resolution;
        strides = new int[box.Dimensions];
        strides[^1] = 1;
        for (int axis = box.Dimensions - 2; axis >= 0; axis--) strides[axis] = checked(strides[axis + 1] * resolution);
        double[] nodes = Nodes();
        Values = function(nodes);
        crossingOf = [.. Enumerable.Range(0, box.Dimensions).Select(_ => Filled(Values.Length))];
        Points = Bisect(Edges(nodes), function);
    }

    /// <summary>Grid points on each axis.</summary>
    public int Resolution { get; }

    /// <summary>The function at every node; the last axis runs fastest.</summary>
    public double[] Values { get; }

    /// <summary>[E, D] row by row: the crossings, in the order of the axes and then of the nodes.</summary>
    public double[] Points { get; }

    /// <summary>Whether the function is above zero at a node: zero itself counts as below.</summary>
    public bool IsPositive(int node) => Values[node] > 0;

    /// <summary>The row of the crossing on the edge that leaves a node upwards along an axis, or <see cref="None"/>.</summary>
    public int On(int axis, int node) => crossingOf[axis][node];

    private double[] Nodes()
    {
        int dimensions = box.Dimensions, count = checked(strides[0] * Resolution);
        var nodes = new double[checked(count * dimensions)];
        for (int node = 0; node < count; node++)
        {
            for (int axis = 0; axis < dimensions; axis++)
            {
                double share = Position(node, axis) / (Resolution - 1.0);
                nodes[node * dimensions + axis] = box.Low[axis] + share * (box.High[axis] - box.Low[axis]);
            }
        }
        return nodes;
    }

    private int Position(int node, int axis) => node / strides[axis] % Resolution;

    /// <summary>Numbers the edges whose ends differ in sign, and gives their ends and the values there.</summary>
    private (double[] From, double[] To, double[] FromValue, double[] ToValue) Edges(double[] nodes)
    {
        int dimensions = box.Dimensions, count = 0;
        List<double> from = [], to = [], fromValue = [], toValue = [];
        for (int axis = 0; axis < dimensions; axis++)
        {
            int stride = strides[axis];
            for (int node = 0; node < Values.Length; node++)
            {
                if (Position(node, axis) == Resolution - 1 || IsPositive(node) == IsPositive(node + stride)) continue;
                crossingOf[axis][node] = count++;
                from.AddRange(nodes.AsSpan(node * dimensions, dimensions));
                to.AddRange(nodes.AsSpan((node + stride) * dimensions, dimensions));
                fromValue.Add(Values[node]);
                toValue.Add(Values[node + stride]);
            }
        }
        return ([.. from], [.. to], [.. fromValue], [.. toValue]);
    }

    private double[] Bisect((double[] From, double[] To, double[] FromValue, double[] ToValue) edges, Func<double[], double[]> function)
    {
        var (from, to, fromValue, toValue) = edges;
        if (from.Length == 0) return [];
        int dimensions = box.Dimensions;
        for (int step = 0; step < Bisections; step++)
        {
            double[] middle = [.. from.Zip(to, (one, other) => (one + other) / 2)];
            double[] value = function(middle);
            for (int edge = 0; edge < value.Length; edge++)
            {
                bool keepsFrom = value[edge] > 0 != fromValue[edge] > 0;
                var (end, endValue) = keepsFrom ? (to, toValue) : (from, fromValue);
                middle.AsSpan(edge * dimensions, dimensions).CopyTo(end.AsSpan(edge * dimensions));
                endValue[edge] = value[edge];
            }
        }
        var points = new double[from.Length];
        for (int i = 0; i < points.Length; i++)
        {
            int edge = i / dimensions;
            points[i] = from[i] + fromValue[edge] / (fromValue[edge] - toValue[edge]) * (to[i] - from[i]);
        }
        return points;
    }

    private static int[] Filled(int count)
    {
        var items = new int[count];
        Array.Fill(items, None);
        return items;
    }
}
