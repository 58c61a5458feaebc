using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>How a residual block changes the size of the image.</summary>
internal enum Resampling
{
    None,
    Halve,
    Double,
}

/// <summary>
/// The residual block of BigGAN as ADM uses it (Brock et al., arXiv 1809.11096; Dhariwal and Nichol, arXiv 2105.05233): twice group
/// normalisation, SiLU and convolution; time and class enter between the two.
/// </summary>
internal sealed class AdmResidualBlock : AdmLayer
{
    [ComponentName(Name = "in_layers.0")]
    private readonly GroupNormalization inNorm;
    [ComponentName(Name = "in_layers.2")]
    private readonly Convolution inConvolution;
    [ComponentName(Name = "emb_layers.1")]
    private readonly Projection embedding;
    [ComponentName(Name = "out_layers.0")]
    private readonly GroupNormalization outNorm;
    [ComponentName(Name = "out_layers.3")]
    private readonly Convolution outConvolution;
    [ComponentName(Name = "skip_connection")]
    private readonly Convolution? skip;

    private readonly AdmSize size;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="size">The network's size.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="resampling">Whether the image changes its size.</param>
    public AdmResidualBlock(InitialWeights weights, AdmSize size, int inputs, int outputs, Resampling resampling = Resampling.None)
        : base(nameof(AdmResidualBlock))
    {
        (this.size, Resampling) = (size, resampling);
        inNorm = new(inputs);
        inConvolution = new(weights, inputs, outputs);
        embedding = new(weights, size.EmbeddingWidth, size.ScaleShiftNorm ? 2 * outputs : outputs);
        outNorm = new(outputs);
        outConvolution = new(weights, outputs, outputs, gain: 0);
        if (inputs != outputs) skip = new(weights, inputs, outputs, side: 1);
        RegisterComponents();
    }

    /// <summary>Whether the image changes its size.</summary>
    public Resampling Resampling { get; }

    public override Tensor forward(Tensor x, Tensor embedded)
    {
        using var scope = NewDisposeScope();
        var hidden = inConvolution.forward(Resampled(inNorm.Activate(x)));
        hidden = Conditioned(hidden, embedding.forward(embedded).expand(x.shape[0], -1));
        if (training && size.Dropout > 0) hidden = KeyedDropout.Apply(hidden, size.Dropout);
        hidden = outConvolution.forward(hidden);
        x = Resampled(x);
        return (hidden + (skip is null ? x : skip.forward(x))).MoveToOuterDisposeScope();
    }

    private Tensor Conditioned(Tensor hidden, Tensor embedded)
    {
        if (!size.ScaleShiftNorm) return outNorm.Activate(hidden, embedded);
        var scaleAndShift = embedded.chunk(2, 1);
        return outNorm.ActivateScaled(hidden, scaleAndShift[0], scaleAndShift[1]);
    }

    private Tensor Resampled(Tensor x) => Resampling switch
    {
        Resampling.Halve => functional.avg_pool2d(x, 2),
        Resampling.Double => functional.interpolate(x, scale_factor: [2, 2]),
        _ => x,
    };
}
