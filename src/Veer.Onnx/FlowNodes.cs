using Onnx;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Solvers;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>The graph of a postprocessor: the steps of its solver one after the other, or its velocity alone.</summary>
/// <param name="postprocessor">What is written.</param>
/// <param name="scale">The guidance scale that it is told; null: labels tell it, or it is told none.</param>
internal sealed class FlowNodes(Postprocessor postprocessor, double? scale)
{
    private const TensorProto.Types.DataType Float = TensorProto.Types.DataType.Float, Double = TensorProto.Types.DataType.Double;

    private readonly GraphNodes nodes = new();

    /// <summary>v(x, t): inputs <c>x</c>, <c>t</c> and <c>labels</c>, output <c>velocity</c>.</summary>
    public GraphProto Velocity()
    {
        var network = Network();
        string x = nodes.Input("x", Float, postprocessor.Shape);
        string time = nodes.Input("t", Float);
        string velocity = network.Answer(Standardised(x), time, Labels());
        if (postprocessor.Standardisation is not null) velocity = nodes.Cast(nodes.Multiply(nodes.Cast(velocity, Double), Scale()), Float);
        nodes.Output("velocity", velocity, postprocessor.Shape);
        nodes.Graph.Name = "velocity";
        return nodes.Graph;
    }

    /// <summary>The samples at a strength: inputs <c>samples</c> and <c>labels</c>, output <c>repaired</c>.</summary>
    public GraphProto Repair(FixedStepSolver solver, double strength)
    {
        var network = Network();
        string x = Standardised(nodes.Input("samples", Float, postprocessor.Shape)), labels = Labels();
        foreach (var (t, next) in Steps(solver.Steps, strength))
        {
            double h = next - t;
            string start = network.Answer(x, Time(t), labels);
            x = solver switch
            {
                Euler => Moved(x, start, h),
                Heun => Moved(Moved(x, start, h / 2), network.Answer(Moved(x, start, h), Time(next), labels), h / 2),
                _ => throw new NotSupportedException($"no nodes are known for {solver.GetType().Name}"),
            };
        }
        nodes.Output("repaired", Restored(x), postprocessor.Shape);
        nodes.Graph.Name = "repair";
        return nodes.Graph;
    }

    /// <summary>The steps that a solver of fixed steps takes from 0 to a strength: the last one may be shorter.</summary>
    internal static IEnumerable<(double Time, double Next)> Steps(int steps, double strength)
    {
        for (int step = 0; step < steps && steps * strength > step + FixedStepSolver.Rounding; step++)
        {
            bool last = steps * strength <= step + 1 + FixedStepSolver.Rounding;
            yield return ((double)step / steps, last ? strength : (double)(step + 1) / steps);
        }
    }

    /// <summary>Number of labels of the graph.</summary>
    public int Classes => ClassesOf(postprocessor, scale);

    /// <summary>Number of labels of a graph; of one scale they are classes alone.</summary>
    public static int ClassesOf(Postprocessor postprocessor, double? scale) => scale is null ? postprocessor.Classes : postprocessor.Config.PointClasses;

    private NetworkNodes Network() => NetworkNodes.Of(nodes, postprocessor.Network, postprocessor.Shape, Told())
        ?? throw new InputException(
            "postprocessor", "network", $"{postprocessor.Network.GetType().Name} of samples [{string.Join(", ", postprocessor.Shape)}]",
            "an MLP, or a UNet of images [C, H, W]");

    private Tensor? Told()
    {
        if (scale is not { } known) return null;
        var labels = postprocessor.Scales!.At(arange(Classes, ScalarType.Int64), known);
        var weights = labels.is_floating_point() ? labels : nn.functional.one_hot(labels, postprocessor.Classes);
        return weights.to(ScalarType.Float32).to(postprocessor.Network.parameters().First().device);
    }

    private string Labels() => Classes > 1 ? nodes.Input("labels", TensorProto.Types.DataType.Int64) : nodes.Whole(0);

    private string Time(double t) => nodes.Weight(FormattableString.Invariant($"t={(float)t:r}"), () => tensor(new[] { (float)t }));

    /// <summary>x + h · v.</summary>
    private string Moved(string x, string velocity, double h) => nodes.Add(x, nodes.Multiply(velocity, nodes.Number(h)));

    /// <summary>Samples in the network's unit: in float64, as <see cref="Standardisation"/> calculates; themselves, where it is their own.</summary>
    private string Standardised(string x) => postprocessor.Standardisation is null
        ? x : nodes.Cast(nodes.Node("Div", [nodes.Node("Sub", [nodes.Cast(x, Double), Center()]), Scale()]), Float);

    /// <summary>Samples back in their own unit.</summary>
    private string Restored(string x) => postprocessor.Standardisation is null
        ? x : nodes.Cast(nodes.Add(nodes.Multiply(nodes.Cast(x, Double), Scale()), Center()), Float);

    private string Center() => nodes.Exact("center", postprocessor.Standardisation!.Center);

    private string Scale() => nodes.Exact("scale", postprocessor.Standardisation!.Scale);
}
