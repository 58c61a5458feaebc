using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>
/// A <see cref="ResidualMlp"/>. Its first layer stands as three, of data, time and class, which are added: the rows of a class need no one-hot
/// product, and where the time is known its part is a constant.
/// </summary>
internal sealed class MlpNodes(GraphNodes nodes, ResidualMlp network, Tensor? told) : NetworkNodes(nodes, network, told)
{
    private const string First = "input.weight", Frequencies = "fourierFrequencies", TimeFrequencies = "timeFrequencies";

    private readonly ResidualMlpOptions size = network.Options;

    /// <inheritdoc/>
    public override string Answer(string x, string time, string labels)
    {
        string data = x;
        if (size.FourierFeatures > 0)
        {
            string phase = Nodes.Product(x, Weight(Frequencies));
            data = Nodes.Concatenate(x, Nodes.Node("Sin", [phase]), Nodes.Node("Cos", [phase]));
        }
        string when = Phase(time, Weight(TimeFrequencies));
        string ofTime = Nodes.Concatenate(Nodes.Node("Sin", [when]), Nodes.Node("Cos", [when]));
        int given = size.Dimensions + 2 * size.FourierFeatures, times = 2 * size.TimeFeatures;
        string told = Nodes.Add(Nodes.Product(ofTime, Columns("time", given, times)), Weight("input.bias"));
        if (size.Labels > 0) told = Nodes.Add(told, Nodes.Rows(Classes("input.classes", () => Weights(given + times, size.Labels)), labels));
        string hidden = Nodes.Add(Nodes.Product(data, Columns("data", 0, given)), told);
        for (int i = 0; i < size.Layers; i++) hidden = Nodes.Add(hidden, Product(Nodes.Silu(hidden), $"blocks.{i}"));
        return Linear(Nodes.Silu(hidden), "head");
    }

    /// <summary>The first layer's weights of some of its inputs, transposed.</summary>
    private string Columns(string name, long first, long count) => Nodes.Weight($"input.{name}", () => Weights(first, count));

    private Tensor Weights(long first, long count) => Tensor(First).narrow(1, first, count).t();
}
