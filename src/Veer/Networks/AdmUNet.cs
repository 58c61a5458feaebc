using TorchSharp.Utils;
using Veer.Networks.Layers;

namespace Veer.Networks;

/// <summary>
/// The UNet of ADM (Dhariwal and Nichol, arXiv 2105.05233; guided-diffusion's <c>UNetModel</c>): residual blocks and attention down to the
/// smallest size and up again, with skip connections from the encoder's blocks to the decoder's. Checkpoints of guided-diffusion,
/// converted to safetensors, load unchanged. Its answer starts at zero.
/// </summary>
public sealed class AdmUNet : AdmNetwork
{
    private readonly List<AdmLayer[]> up = [];
    [ComponentName(Name = "out.0")]
    private readonly GroupNormalization lastNorm;
    [ComponentName(Name = "out.2")]
    private readonly Convolution output;

    /// <param name="options">The network's shape.</param>
    /// <param name="key">Where its initial weights come from.</param>
    public AdmUNet(AdmUNetOptions options, RandomKey key)
        : this(options, new InitialWeights(key)) { }

    private AdmUNet(AdmUNetOptions options, InitialWeights weights)
        : base(nameof(AdmUNet), options, options.ImageChannels, options.Labels, weights)
    {
        Options = options;
        int channels = Widths.Peek();
        for (int level = options.ChannelMultipliers.Count - 1; level >= 0; level--)
        {
            int wide = options.Channels * options.ChannelMultipliers[level];
            for (int i = 0; i <= options.ResidualBlocks; i++)
            {
                var block = Block(weights, channels + Widths.Pop(), wide, level);
                channels = wide;
                if (level > 0 && i == options.ResidualBlocks) block = [.. block, Doubling(weights, channels)];
                NameAll($"output_blocks.{up.Count}", block);
                up.Add(block);
            }
        }
        lastNorm = new(channels);
        output = new(weights, channels, (options.Outputs ?? options.ImageChannels) * options.PatchSize * options.PatchSize, gain: 0);
        RegisterComponents();
    }

    /// <summary>The network's shape.</summary>
    public AdmUNetOptions Options { get; }

    /// <summary>The blocks on the way up.</summary>
    internal IReadOnlyList<AdmLayer[]> Decoder => up;

    /// <param name="x">
    /// [B, ImageChannels, H, W]; H and W divisible by the patches' side, and then by 2 as often as there are sizes but one.
    /// </param>
    /// <param name="t">[B], or [1] for the whole batch; in [0, 1], or in steps where the time scale is 1.</param>
    /// <param name="labels">
    /// [B] int64, or [B, Labels] of a floating type: soft labels, in place of the one-hot rows. Not looked at where Labels is 0.
    /// </param>
    /// <returns>[B, Outputs, H, W] float32.</returns>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var embedded = Embed(t, labels);
        var given = Down(x, embedded);
        var hidden = Middle(given.Peek(), embedded);
        foreach (var block in up) hidden = Through(block, cat([hidden, given.Pop()], 1), embedded);
        var patches = output.forward(lastNorm.Activate(hidden.to(ScalarType.Float32)));
        return nn.functional.pixel_shuffle(patches, Options.PatchSize).contiguous().MoveToOuterDisposeScope();
    }

    private AdmLayer Doubling(InitialWeights weights, int channels) =>
        Options.ResampleInBlocks ? Residual(weights, channels, channels, Resampling.Double) : new AdmUpsampling(weights, Options, channels);
}
