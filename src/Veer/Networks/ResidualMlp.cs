using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Networks;

/// <summary>
/// The MLP for low-dimensional studies (Fig. S6 of arXiv 2503.10638): a data branch with Fourier features, a sinusoidal time
/// embedding, a class embedding (which a classifier lacks), residual blocks with SiLU, and a linear head that starts at zero. The three
/// branches are linear and added, so they are one layer on the concatenated (data, time, one-hot class): fewer passes over memory, the
/// same function.
/// </summary>
public sealed class ResidualMlp : ConditionalNetwork
{
    private readonly Linear input, head;
    private readonly ModuleList<Linear> blocks = [];
    private readonly Tensor timeFrequencies;
    private readonly Tensor? fourierFrequencies;

    /// <param name="options">The network's shape.</param>
    /// <param name="key">Where its initial weights come from.</param>
    public ResidualMlp(ResidualMlpOptions options, RandomKey key)
        : base(nameof(ResidualMlp))
    {
        Options = options;
        int width = options.Width;
        input = Linear(options.Dimensions + 2 * options.FourierFeatures + 2 * options.TimeFeatures + options.Labels, width);
        for (int i = 0; i < options.Layers; i++) blocks.Add(Linear(width, width, hasBias: false));
        head = Linear(width, options.Outputs ?? options.Dimensions);
        timeFrequencies = TimeEmbedding.Frequencies(options.TimeFeatures);
        if (options.FourierFeatures > 0)
            fourierFrequencies = FourierFeatures.Frequencies(options.Dimensions, options.FourierFeatures, options.FourierFrequency, key.At(-1));
        RegisterComponents();
        Initialise(key);
    }

    /// <summary>The network's shape.</summary>
    public ResidualMlpOptions Options { get; }

    /// <param name="x">[B, Dimensions], of any floating type: the network calculates in that of its weights.</param>
    /// <param name="t">[B], or [1] for the whole batch; in [0, 1].</param>
    /// <param name="labels">
    /// [B] int64, or [B, Labels] of a floating type: soft labels, in place of the one-hot rows. Not looked at where Labels is 0.
    /// </param>
    /// <returns>[B, Outputs].</returns>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var hidden = input.forward(Features(x.to(input.weight!.dtype), t, labels));
        foreach (var block in blocks) hidden = addmm(hidden, functional.silu(hidden), block.weight!.t(), 1, 1);
        return head.forward(functional.silu(hidden)).MoveToOuterDisposeScope();
    }

    /// <summary>[B, features] of the point, its sines and cosines, those of the time, and the rows that choose a class.</summary>
    private Tensor Features(Tensor x, Tensor t, Tensor? labels)
    {
        Tensor[] fourier = fourierFrequencies is null ? [] : FourierFeatures.Compute(x, fourierFrequencies);
        var time = TimeEmbedding.Compute(t, timeFrequencies).Select(half => half.expand(x.shape[0], -1));
        return cat([x, .. fourier, .. time, .. ByClass(labels, x.dtype)], 1);
    }

    /// <summary>The rows that choose a class, [B, Labels]; nothing where the network has no class branch.</summary>
    private Tensor[] ByClass(Tensor? labels, ScalarType type)
    {
        if (Options.Labels == 0) return [];
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.is_floating_point()) return [labels.to(type)];
        // torch's one_hot first looks through all labels, and its rows are int64
        var rows = zeros([labels.shape[0], Options.Labels], type, labels.device);
        return [rows.scatter_(1, labels.unsqueeze(1), ones([labels.shape[0], 1], type, labels.device))];
    }

    /// <summary>Weights uniform in ±1/sqrt(fan in), as torch's linear layers, but keyed; biases and the head zero.</summary>
    private void Initialise(RandomKey key)
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var (_, weight) in named_parameters())
        {
            using var generator = key.At(index++).Generator();
            if (weight.Dimensions == 1) weight.zero_();
            else weight.uniform_(-1 / Math.Sqrt(weight.shape[1]), 1 / Math.Sqrt(weight.shape[1]), generator);
        }
        head.weight!.zero_();
    }
}
