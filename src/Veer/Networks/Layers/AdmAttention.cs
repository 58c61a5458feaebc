using TorchSharp.Utils;

namespace Veer.Networks.Layers;

/// <summary>
/// Self-attention of an image's pixels (Ho et al., arXiv 2006.11239), added to them.
/// </summary>
internal sealed class AdmAttention : AdmLayer
{
    private readonly GroupNormalization norm;
    private readonly Projection qkv;
    [ComponentName(Name = "proj_out")]
    private readonly Projection projection;

    private readonly long heads;
    private readonly bool newOrder;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="size">The network's size.</param>
    /// <param name="channels">Channels of the input and of the result.</param>
    public AdmAttention(InitialWeights weights, AdmSize size, int channels)
        : base(nameof(AdmAttention))
    {
        (heads, newOrder) = (size.HeadsOf(channels), size.NewAttentionOrder);
        if (channels % heads != 0) throw new ArgumentException($"{channels} channels cannot be shared among {heads} heads", nameof(size));
        norm = new(channels);
        qkv = new(weights, channels, 3 * channels, pointwise: true);
        projection = new(weights, channels, channels, pointwise: true, gain: 0);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor embedded)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, pixels) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3]);
        var joint = qkv.forward(norm.forward(x).flatten(2).transpose(1, 2));
        long[] parts = newOrder ? [batch, pixels, 3, heads, -1] : [batch, pixels, heads, 3, -1];
        // each [B, heads, pixels, channels of a head]
        var part = joint.reshape(parts).unbind(newOrder ? 2 : 3).Select(t => t.transpose(1, 2)).ToArray();
        var attended = DotProductAttention.Compute(part[0], part[1], part[2]).transpose(1, 2).reshape(batch, pixels, channels);
        return (x + projection.forward(attended).transpose(1, 2).reshape(x.shape)).MoveToOuterDisposeScope();
    }
}
