using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Networks;

/// <summary>
/// The MLP for low-dimensional studies (Fig. S6 of arXiv 2503.10638): a data branch, a sinusoidal time embedding block, a class
/// embedding block, residual hidden blocks with SiLU, and a linear head that starts at zero.
/// </summary>
public sealed class ResidualMlp : Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Linear input, timeIn, timeOut, head;
    private readonly Embedding label;
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
        input = Linear(options.Dimensions + 2 * options.FourierFeatures, width);
        timeIn = Linear(2 * options.TimeFeatures, width);
        timeOut = Linear(width, width);
        label = Embedding(options.Labels, width);
        for (int i = 0; i < options.Layers; i++) blocks.Add(Linear(width, width));
        head = Linear(width, options.Dimensions);
        timeFrequencies = TimeEmbedding.Frequencies(options.TimeFeatures);
        if (options.FourierFeatures > 0)
            fourierFrequencies = FourierFeatures.Frequencies(options.Dimensions, options.FourierFeatures, options.FourierFrequency, key.At(-1));
        RegisterComponents();
        Initialise(key);
    }

    /// <summary>The network's shape.</summary>
    public ResidualMlpOptions Options { get; }

    /// <param name="x">[B, Dimensions].</param>
    /// <param name="time">[B], or [1] for the whole batch; in [0, 1].</param>
    /// <param name="labels">[B] int64.</param>
    /// <returns>[B, Dimensions].</returns>
    public override Tensor forward(Tensor x, Tensor time, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var features = fourierFrequencies is null ? x : FourierFeatures.Apply(x, fourierFrequencies);
        var embedding = timeOut.forward(functional.silu(timeIn.forward(TimeEmbedding.Apply(time, timeFrequencies)))) + label.forward(labels);
        var hidden = input.forward(features);
        foreach (var block in blocks) hidden = hidden + block.forward(functional.silu(hidden + embedding));
        return head.forward(functional.silu(hidden + embedding)).MoveToOuterDisposeScope();
    }

    /// <summary>Weights uniform in ±1/sqrt(fan in), as torch's linear layers, but keyed; biases and the head zero.</summary>
    private void Initialise(RandomKey key)
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var (name, weight) in named_parameters())
        {
            using var generator = key.At(index++).Generator();
            if (name.StartsWith("head", StringComparison.Ordinal) || weight.Dimensions == 1) weight.zero_();
            else if (name.StartsWith("label", StringComparison.Ordinal)) weight.normal_(0, 1, generator);
            else weight.uniform_(-1 / Math.Sqrt(weight.shape[1]), 1 / Math.Sqrt(weight.shape[1]), generator);
        }
    }
}
