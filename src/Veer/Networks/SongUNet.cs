using Veer.Networks.Layers;
using Veer.Runtime;
using static TorchSharp.torch.nn;

namespace Veer.Networks;

/// <summary>
/// The UNet of DDPM++ (Song et al., arXiv 2011.13456) in the form of EDM (Karras et al., arXiv 2206.00364, appendix F.1; the reference's
/// <c>SongUNet</c> with positional embedding, standard encoder and decoder): checkpoints of EDM, converted to safetensors, load unchanged.
/// Between the first convolution and the last normalisation it calculates in <see cref="Compute"/>; those two are float32, for bfloat16 would
/// drown an image's faint noise. In memory the channels of a pixel lie side by side.
/// </summary>
public sealed class SongUNet : ConditionalNetwork, IMixedPrecision
{
    // not fields of their own, which torch would register under the fields' names too
    private readonly (Projection? Classes, Projection? Augmentation, Projection First, Projection Second) map;
    private readonly (Convolution Image, GroupNormalization LastNorm, Convolution Output) ends;
    private readonly List<SongBlock> down = [];
    private readonly List<(SongBlock Block, bool Joins)> up = [];

    /// <param name="options">The network's shape.</param>
    /// <param name="key">Where its initial weights come from.</param>
    public SongUNet(SongUNetOptions options, RandomKey key)
        : base(nameof(SongUNet))
    {
        Options = options;
        var weights = new XavierWeights(key);
        int channels = options.Channels, width = options.EmbeddingWidth, levels = options.ChannelMultipliers.Count;
        if (options.Classes > 0) map.Classes = Named("map_label", new Projection(weights, options.Classes, channels));
        if (options.AugmentInputs > 0)
            map.Augmentation = Named("map_augment", new Projection(weights, options.AugmentInputs, channels, biased: false));
        map.First = Named("map_layer0", new Projection(weights, channels, width));
        map.Second = Named("map_layer1", new Projection(weights, width, width));

        ends.Image = Named($"enc.{Size(0)}_conv", new Convolution(weights, options.ImageChannels, channels));
        var given = new Stack<int>([channels]);
        for (int level = 0; level < levels; level++)
        {
            if (level > 0) AddDown("down", level, channels, Resampling.Halve);
            int wide = options.Channels * options.ChannelMultipliers[level];
            for (int i = 0; i < options.ResidualBlocks; i++) AddDown($"block{i}", level, wide);
        }
        for (int level = levels - 1; level >= 0; level--)
        {
            if (level < levels - 1) AddUp("up", level, channels, resampling: Resampling.Double);
            else
            {
                AddUp("in0", level, channels, attends: true);
                AddUp("in1", level, channels);
            }
            int wide = options.Channels * options.ChannelMultipliers[level];
            for (int i = 0; i <= options.ResidualBlocks; i++)
                AddUp($"block{i}", level, wide, joined: given.Pop(), attends: i == options.ResidualBlocks && options.AttendsAt(level));
        }
        ends.LastNorm = Named($"dec.{Size(0)}_aux_norm", SongBlock.Norm(channels));
        ends.Output = Named($"dec.{Size(0)}_aux_conv", new Convolution(weights, channels, options.ImageChannels, gain: SongBlock.EndGain));

        void AddDown(string name, int level, int outputs, Resampling resampling = Resampling.None)
        {
            bool attends = resampling == Resampling.None && options.AttendsAt(level);
            down.Add(Named($"enc.{Size(level)}_{name}", new SongBlock(weights, options, channels, outputs, attends, resampling)));
            given.Push(channels = outputs);
        }

        void AddUp(string name, int level, int outputs, int joined = 0, bool attends = false, Resampling resampling = Resampling.None)
        {
            var block = new SongBlock(weights, options, channels + joined, outputs, attends, resampling);
            up.Add((Named($"dec.{Size(level)}_{name}", block), joined > 0));
            channels = outputs;
        }

        string Size(int level) => $"{options.ResolutionAt(level)}x{options.ResolutionAt(level)}";
    }

    /// <summary>The network's shape.</summary>
    public SongUNetOptions Options { get; }

    /// <inheritdoc/>
    public Precision Compute { get; set; }

    /// <inheritdoc cref="forward(Tensor, Tensor, Tensor?, Tensor?)"/>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels) => forward(x, t, labels, null);

    /// <param name="x">[B, ImageChannels, H, W]; H and W divisible by 2 as often as there are sizes but one.</param>
    /// <param name="t">[B], or [1] for the whole batch: the noise label, ln(sigma) / 4.</param>
    /// <param name="labels">
    /// [B] int64, each 0 to Classes (Classes: none), or [B, Classes + 1] of a floating type: soft labels, in place of the one-hot rows. Not
    /// looked at where Classes is 0.
    /// </param>
    /// <param name="augmentation">[B, AugmentInputs], what was done to the images; null: nothing. Not looked at where AugmentInputs is 0.</param>
    /// <returns>[B, ImageChannels, H, W] float32.</returns>
    public Tensor forward(Tensor x, Tensor t, Tensor? labels, Tensor? augmentation)
    {
        if (x.shape[2] % Options.Divisor != 0 || x.shape[3] % Options.Divisor != 0)
            throw new ArgumentException($"an image of {x.shape[2]} x {x.shape[3]} cannot be halved to its multiple of {Options.Divisor}", nameof(x));
        using var scope = NewDisposeScope();
        var type = Compute == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var embedded = Embed(t, labels, augmentation);
        var hidden = ends.Image.forward(x.to(ScalarType.Float32)).to(type).ChannelsLast();
        var given = new Stack<Tensor>([hidden]);
        foreach (var block in down) given.Push(hidden = block.forward(hidden, embedded));
        foreach (var (block, joins) in up) hidden = block.forward(joins ? cat([hidden, given.Pop()], 1) : hidden, embedded);
        return ends.Output.forward(ends.LastNorm.Activate(hidden.to(ScalarType.Float32))).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>What noise, class and augmentation say, [B or 1, E] float32.</summary>
    private Tensor Embed(Tensor t, Tensor? labels, Tensor? augmentation)
    {
        using var scope = NewDisposeScope();
        var told = SinusoidalEmbedding.ToTheEnd(t, Options.Channels);
        // one-hot rows of variance one
        if (map.Classes is not null) told = told + map.Classes.forward(ByClass(labels) * Math.Sqrt(Options.Classes));
        if (map.Augmentation is not null)
        {
            // zeros rather than nothing: the weight then has a gradient, if a zero one
            var done = augmentation?.to(ScalarType.Float32) ?? zeros(1, Options.AugmentInputs, device: t.device);
            told = told + map.Augmentation.forward(done);
        }
        told = functional.silu(map.First.forward(told));
        return functional.silu(map.Second.forward(told)).MoveToOuterDisposeScope();
    }

    /// <summary>The rows that choose a class, [B, Classes] float32; all zero for no class.</summary>
    private Tensor ByClass(Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var rows = labels.is_floating_point() ? labels : functional.one_hot(labels, Options.Classes + 1);
        return rows.narrow(1, 0, Options.Classes).to(ScalarType.Float32);
    }

    private T Named<T>(string name, T layer)
        where T : Module
    {
        name = $"model.{name}";
        int dot = name.LastIndexOf('.');
        ModuleGroup.Within(this, name[..dot]).register_module(name[(dot + 1)..], layer);
        return layer;
    }
}
