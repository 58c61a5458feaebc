using Veer.Networks.Layers;
using Veer.Runtime;
using static TorchSharp.torch.nn;

namespace Veer.Networks;

/// <summary>
/// What the networks of ADM share (Dhariwal and Nichol, arXiv 2105.05233): the embedding of time and class, the encoder, the
/// middle. Names and shapes of the weights are those of guided-diffusion. Between the first convolution and the last normalisation it calculates in
/// <see cref="Compute"/>; those two are float32, for bfloat16 would drown an image's faint noise. In memory the channels of a pixel lie
/// side by side.
/// </summary>
public abstract class AdmNetwork : ConditionalNetwork, IMixedPrecision
{
    private readonly AdmSize size;
    // not fields of their own, which torch would register under the fields' names too
    private readonly (Projection TimeIn, Projection TimeOut, ClassEmbedding? Classes, Convolution Image) first;
    private readonly List<AdmLayer[]> down = [];
    private readonly AdmLayer[] middle;

    private protected AdmNetwork(string name, AdmSize size, int imageChannels, int labels, InitialWeights weights)
        : base(name)
    {
        this.size = size;
        int width = size.EmbeddingWidth;
        int channels = size.Channels * size.ChannelMultipliers[0];
        first.TimeIn = Named("time_embed.0", new Projection(weights, size.Channels, width));
        first.TimeOut = Named("time_embed.2", new Projection(weights, width, width));
        first.Classes = labels > 0 ? Named("label_emb", new ClassEmbedding(weights, labels, width)) : null;
        first.Image = Named("input_blocks.0.0", new Convolution(weights, imageChannels * size.PatchSize * size.PatchSize, channels));
        Widths.Push(channels);
        for (int level = 0; level < size.ChannelMultipliers.Count; level++)
        {
            int wide = size.Channels * size.ChannelMultipliers[level];
            for (int i = 0; i < size.ResidualBlocks; i++)
            {
                AddDown(wide, Block(weights, channels, wide, level));
                channels = wide;
            }
            if (level < size.ChannelMultipliers.Count - 1) AddDown(channels, [Halving(weights, channels)]);
        }
        middle = [Residual(weights, channels, channels), new AdmAttention(weights, size, channels), Residual(weights, channels, channels)];
        NameAll("middle_block", middle);
    }

    /// <inheritdoc/>
    public Precision Compute { get; set; }

    /// <summary>The blocks on the way down, but for the first convolution.</summary>
    internal IReadOnlyList<AdmLayer[]> Encoder => down;

    /// <summary>The layers of the middle.</summary>
    internal IReadOnlyList<AdmLayer> MiddleBlock => middle;

    /// <summary>Channels of what every block of the encoder gives, the first below.</summary>
    private protected Stack<int> Widths { get; } = [];

    /// <summary>Registers a module under a name, which may have dots.</summary>
    public override void register_module(string name, Module submodule)
    {
        int dot = name.LastIndexOf('.');
        if (dot < 0) base.register_module(name, submodule);
        else ModuleGroup.Within(this, name[..dot]).register_module(name[(dot + 1)..], submodule);
    }

    /// <summary>Registers a layer.</summary>
    private protected T Named<T>(string name, T layer)
        where T : Module
    {
        register_module(name, layer);
        return layer;
    }

    /// <summary>Registers layers under a name and their numbers.</summary>
    private protected void NameAll(string name, IReadOnlyList<AdmLayer> layers)
    {
        for (int i = 0; i < layers.Count; i++) Named($"{name}.{i}", layers[i]);
    }

    /// <summary>A residual block, and attention where the level has it.</summary>
    private protected AdmLayer[] Block(InitialWeights weights, int inputs, int outputs, int level)
    {
        var residual = Residual(weights, inputs, outputs);
        return size.AttendsAt(level) ? [residual, new AdmAttention(weights, size, outputs)] : [residual];
    }

    /// <summary>A residual block.</summary>
    private protected AdmResidualBlock Residual(InitialWeights weights, int inputs, int outputs, Resampling resampling = Resampling.None) =>
        new(weights, size, inputs, outputs, resampling);

    /// <summary>What time and class say, [B or 1, E] float32.</summary>
    private protected Tensor Embed(Tensor t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var time = SinusoidalEmbedding.Compute(t.to(ScalarType.Float32) * size.TimeScale, size.Channels);
        var embedded = first.TimeOut.forward(functional.silu(first.TimeIn.forward(time)));
        if (first.Classes is not null)
        {
            ArgumentNullException.ThrowIfNull(labels);
            embedded = embedded + first.Classes.forward(labels);
        }
        // every block begins with it
        return functional.silu(embedded).MoveToOuterDisposeScope();
    }

    /// <summary>What the first convolution and every block on the way down give, the last on top; attached to the dispose scope.</summary>
    private protected Stack<Tensor> Down(Tensor x, Tensor embedded)
    {
        if (x.shape[2] % size.Divisor != 0 || x.shape[3] % size.Divisor != 0)
            throw new ArgumentException($"an image of {x.shape[2]} x {x.shape[3]} has a side that {size.Divisor}, by patches and halvings, does not divide", nameof(x));
        var type = Compute == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var results = new Stack<Tensor>([first.Image.forward(functional.pixel_unshuffle(x.to(ScalarType.Float32), size.PatchSize)).to(type).ChannelsLast()]);
        foreach (var block in down) results.Push(Through(block, results.Peek(), embedded));
        return results;
    }

    /// <summary>The middle's answer.</summary>
    private protected Tensor Middle(Tensor x, Tensor embedded) => Through(middle, x, embedded);

    /// <summary>The answer of layers one after the other.</summary>
    private protected static Tensor Through(IEnumerable<AdmLayer> layers, Tensor x, Tensor embedded)
    {
        foreach (var layer in layers) x = layer.forward(x, embedded);
        return x;
    }

    private AdmLayer Halving(InitialWeights weights, int channels) =>
        size.ResampleInBlocks ? Residual(weights, channels, channels, Resampling.Halve) : new AdmDownsampling(weights, size, channels);

    private void AddDown(int width, AdmLayer[] block)
    {
        down.Add(block);
        // the first convolution is number 0
        NameAll($"input_blocks.{down.Count}", block);
        Widths.Push(width);
    }
}
