using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>
/// The residual block of DDPM++ (Song et al., arXiv 2011.13456) as EDM uses it (Karras et al., arXiv 2206.00364, appendix F.1): twice group
/// normalisation, SiLU and convolution, noise and class entering between the two; then, where it attends, self-attention with one head.
/// After either sum the result is scaled so that its variance stays.
/// </summary>
internal sealed class SongBlock : Module<Tensor, Tensor, Tensor>
{
    private const float Epsilon = 1e-6f;

    /// <summary>Of the layers that end a branch: the branch does almost nothing at first.</summary>
    internal const double EndGain = 1e-5;

    private static readonly double AttentionGain = Math.Sqrt(0.2), SumScale = Math.Sqrt(0.5);

    [ComponentName(Name = "norm0")]
    private readonly GroupNormalization inNorm;
    [ComponentName(Name = "conv0")]
    private readonly Module<Tensor, Tensor> inConvolution;
    [ComponentName(Name = "affine")]
    private readonly Projection embedding;
    [ComponentName(Name = "norm1")]
    private readonly GroupNormalization outNorm;
    [ComponentName(Name = "conv1")]
    private readonly Convolution outConvolution;
    private readonly Convolution? skip;
    [ComponentName(Name = "norm2")]
    private readonly GroupNormalization? attentionNorm;
    private readonly Convolution? qkv;
    [ComponentName(Name = "proj")]
    private readonly Convolution? projection;

    private readonly double dropout;
    private readonly Resampling resampling;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="size">The network's size.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the result; those of the input where the image is doubled.</param>
    /// <param name="attends">Whether attention comes behind.</param>
    /// <param name="resampling">Whether the image changes its size.</param>
    public SongBlock(
        InitialWeights weights, SongSize size, int inputs, int outputs, bool attends = false, Resampling resampling = Resampling.None)
        : base(nameof(SongBlock))
    {
        (dropout, this.resampling) = (size.Dropout, resampling);
        inNorm = Norm(inputs);
        inConvolution = resampling == Resampling.Double ? new UpsamplingConvolution(weights, inputs) : new Convolution(weights, inputs, outputs);
        embedding = new(weights, size.EmbeddingWidth, outputs);
        outNorm = Norm(outputs);
        outConvolution = new(weights, outputs, outputs, gain: EndGain);
        if (inputs != outputs || resampling != Resampling.None) skip = new(weights, inputs, outputs, side: 1);
        if (attends)
        {
            attentionNorm = Norm(outputs);
            qkv = new(weights, outputs, 3 * outputs, side: 1, gain: AttentionGain);
            projection = new(weights, outputs, outputs, side: 1, gain: EndGain);
        }
        RegisterComponents();
        if (resampling == Resampling.None) return;
        // the filter of means and repetitions, which checkpoints of the reference hold: it is what the two kinds of resampling below do
        foreach (var layer in (Module[])[inConvolution, skip!]) layer.register_buffer("resample_filter", full([1, 1, 2, 2], 0.25f));
    }

    /// <summary>The normalisation of a width that this network has everywhere.</summary>
    public static GroupNormalization Norm(int channels) => new(channels, SongSize.GroupsOf(channels), Epsilon);

    /// <param name="x">[B, I, H, W].</param>
    /// <param name="embedded">[B or 1, E] float32.</param>
    /// <returns>[B, O, H', W'].</returns>
    public override Tensor forward(Tensor x, Tensor embedded)
    {
        using var scope = NewDisposeScope();
        var hidden = inConvolution.forward(Halved(inNorm.Activate(x)));
        hidden = outNorm.Activate(hidden, embedding.forward(embedded).expand(x.shape[0], -1));
        if (training && dropout > 0) hidden = KeyedDropout.Apply(hidden, dropout);
        x = (Skipped(Halved(x)) + outConvolution.forward(hidden)).mul_(SumScale);
        if (qkv is not null) x = (x + projection!.forward(Attended(attentionNorm!.forward(x)))).mul_(SumScale);
        return x.MoveToOuterDisposeScope();
    }

    private Tensor Halved(Tensor x) => resampling == Resampling.Halve ? functional.avg_pool2d(x, 2) : x;

    private Tensor Skipped(Tensor x)
    {
        if (skip is not null) x = skip.forward(x);
        // behind the convolution of single pixels, where it is the same for a quarter of the work
        return resampling == Resampling.Double ? functional.interpolate(x, scale_factor: [2, 2]) : x;
    }

    private Tensor Attended(Tensor x)
    {
        // channel by channel (query, key, value); each [B, pixels, C]
        var part = qkv!.forward(x).flatten(2).reshape(x.shape[0], x.shape[1], 3, -1).unbind(2).Select(t => t.transpose(1, 2)).ToArray();
        return DotProductAttention.Compute(part[0], part[1], part[2]).transpose(1, 2).reshape(x.shape);
    }
}
