using TorchSharp.Utils;
using Veer.Networks.Layers;

namespace Veer.Networks;

/// <summary>
/// The noisy classifier of ADM (Dhariwal and Nichol, arXiv 2105.05233; guided-diffusion's <c>EncoderUNetModel</c> with adaptive pooling): the
/// encoder of a UNet, then the mean over the pixels. Its logits start at zero.
/// </summary>
public sealed class AdmEncoder : AdmNetwork
{
    [ComponentName(Name = "out.0")]
    private readonly GroupNormalization lastNorm;
    [ComponentName(Name = "out.3")]
    private readonly Convolution output;

    /// <param name="options">The network's shape.</param>
    /// <param name="key">Where its initial weights come from.</param>
    public AdmEncoder(AdmEncoderOptions options, RandomKey key)
        : this(options, new InitialWeights(key)) { }

    private AdmEncoder(AdmEncoderOptions options, InitialWeights weights)
        : base(nameof(AdmEncoder), options, options.ImageChannels, labels: 0, weights)
    {
        Options = options;
        lastNorm = new(Widths.Peek());
        output = new(weights, Widths.Peek(), options.Outputs, side: 1, gain: 0);
        RegisterComponents();
    }

    /// <summary>The network's shape.</summary>
    public AdmEncoderOptions Options { get; }

    /// <param name="x">[B, ImageChannels, H, W]; H and W divisible by the patches' side, and then by 2 as often as there are sizes but one.</param>
    /// <param name="t">[B], or [1] for the whole batch; in [0, 1], or in steps where the time scale is 1.</param>
    /// <param name="labels">Not looked at: every network of this library has this place.</param>
    /// <returns>Logits [B, Outputs] float32.</returns>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var embedded = Embed(t, null);
        var hidden = Middle(Down(x, embedded).Peek(), embedded);
        var means = lastNorm.Activate(hidden.to(ScalarType.Float32)).mean([2, 3], keepdim: true);
        return output.forward(means).flatten(1).MoveToOuterDisposeScope();
    }
}
