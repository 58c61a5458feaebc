using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>A learned row for every class, [B, width] of labels.</summary>
internal sealed class ClassEmbedding : Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="labels">Rows.</param>
    /// <param name="width">Numbers of a row.</param>
    public ClassEmbedding(InitialWeights weights, long labels, long width)
        : base(nameof(ClassEmbedding))
    {
        weight = weights.Normal(labels, width);
        RegisterComponents();
    }

    /// <param name="labels">[B] int64; or [B, rows] of a floating type, the weights of a mean of the rows.</param>
    public override Tensor forward(Tensor labels)
    {
        if (!labels.is_floating_point()) return weight.index_select(0, labels);
        using var shares = labels.to(weight.dtype);
        return shares.matmul(weight);
    }
}
