using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>A network as nodes of a graph: the operations of its forward, in float32, whatever it was trained in; dropout has no part in it.</summary>
/// <param name="nodes">The graph.</param>
/// <param name="network">Where the weights come from.</param>
/// <param name="told">[C, L]: the weights of the network's L labels that stand for each of C labels of the graph; null: they are the network's own.</param>
internal abstract class NetworkNodes(GraphNodes nodes, nn.Module network, Tensor? told)
{
    private readonly Dictionary<string, Tensor> state = network.state_dict();

    /// <summary>The graph.</summary>
    protected GraphNodes Nodes => nodes;

    /// <summary>The nodes of a network; null where it is of a kind that has none.</summary>
    /// <param name="nodes">The graph.</param>
    /// <param name="network">An MLP or a UNet of ADM.</param>
    /// <param name="shape">The shape of a sample.</param>
    /// <param name="told">As above.</param>
    public static NetworkNodes? Of(GraphNodes nodes, ConditionalNetwork network, IReadOnlyList<long> shape, Tensor? told) => network switch
    {
        ResidualMlp mlp => new MlpNodes(nodes, mlp, told),
        AdmUNet unet when shape is [_, long height, long width] => new UNetNodes(nodes, unet, told, height, width),
        _ => null,
    };

    /// <summary>The network's answer, of the shape of x; called again, it shares the weights.</summary>
    /// <param name="x">[batch, ...] float32.</param>
    /// <param name="time">[batch], or [1] for the whole batch.</param>
    /// <param name="labels">[batch], or [1] for the whole batch, of int64.</param>
    public abstract string Answer(string x, string time, string labels);

    /// <summary>Whether the network has a tensor of a name.</summary>
    protected bool Has(string name) => state.ContainsKey(name);

    /// <summary>A tensor of the network.</summary>
    protected Tensor Tensor(string name) => state[name];

    /// <summary>A tensor of the network as a constant.</summary>
    protected string Weight(string name) => nodes.Weight(name, () => state[name]);

    /// <summary>What the network adds for each label, its rows.</summary>
    /// <param name="name">What the constant is called.</param>
    /// <param name="table">[L, F] the network's own.</param>
    protected string Classes(string name, Func<Tensor> table) => nodes.Weight(name, () => told is null ? table() : told.matmul(table()));

    /// <summary>x · Wᵀ, [..., I] to [..., O].</summary>
    protected string Product(string x, string layer) => nodes.Product(x, nodes.Weight($"{layer}.transposed", () => state[$"{layer}.weight"].flatten(1).t()));

    /// <summary>A linear layer: x · Wᵀ + b.</summary>
    protected string Linear(string x, string layer) => nodes.Add(Product(x, layer), Weight($"{layer}.bias"));

    /// <summary>Times as a column, [batch, 1], times frequencies.</summary>
    protected string Phase(string time, string frequencies) => nodes.Multiply(nodes.Reshape(time, -1, 1), frequencies);
}
