using Veer.Networks;
using Veer.Networks.Layers;
using Veer.Runtime;
using static TorchSharp.torch.nn;

namespace Veer.Features;

/// <summary>
/// The small residual CNN that judges colour images of 32 x 32 pixels: one block at 32 x 32 pixels, three at 16 x 16 and one at 8 x 8, with
/// group normalisation and SiLU before every convolution (He et al., arXiv 1603.05027), the mean over the pixels, a linear layer to the
/// features and one from them to the classes.
/// </summary>
internal sealed class PhotoNetwork : JudgeNetwork, IMixedPrecision
{
    /// <summary>A weight that no other judge has.</summary>
    public const string FirstLayer = "stem.weight";

    /// <summary>Height and width of an image, and its colours.</summary>
    private const int Side = 32, Colours = 3;

    /// <summary>Groups of channels that are normalised together.</summary>
    private const int Groups = 8;

    private const int Narrow = 32, Middle = 64, Wide = 128, Size = 128;

    private readonly Convolution stem;
    private readonly Block block1, block2, block3, block4, block5;
    private readonly GroupNormalization norm;

    /// <param name="classes">Number of classes.</param>
    public PhotoNetwork(int classes)
        : base(nameof(PhotoNetwork), ImageShape, Wide, Size, classes)
    {
        var weights = new InitialWeights(RandomKey.From(0, nameof(PhotoNetwork)));
        stem = new(weights, Colours, Narrow);
        block1 = new(weights, Narrow, Narrow);
        block2 = new(weights, Narrow, Middle);
        block3 = new(weights, Middle, Middle);
        block4 = new(weights, Middle, Middle);
        block5 = new(weights, Middle, Wide);
        norm = new(Wide, Groups);
        RegisterComponents();
    }

    /// <summary>Shape of an image.</summary>
    public static long[] ImageShape => [Colours, Side, Side];

    public Precision Compute { get; set; }

    private protected override Tensor Seen(Tensor images)
    {
        var type = Compute == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var hidden = stem.forward(images).to(type).ChannelsLast();
        foreach (var block in (Block[])[block1, block2, block3, block4, block5]) hidden = block.forward(hidden);
        return norm.Activate(hidden).to(ScalarType.Float32).mean([2, 3]);
    }

    /// <summary>A residual block; one that widens halves the image first.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly GroupNormalization norm1, norm2;
        private readonly Convolution conv1, conv2;
        private readonly Convolution? skip;

        public Block(InitialWeights weights, int inputs, int outputs)
            : base(nameof(Block))
        {
            norm1 = new(inputs, Groups);
            conv1 = new(weights, inputs, outputs);
            norm2 = new(outputs, Groups);
            conv2 = new(weights, outputs, outputs);
            if (inputs != outputs) skip = new(weights, inputs, outputs, side: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var hidden = norm1.Activate(x);
            if (skip is not null) (hidden, x) = (functional.avg_pool2d(hidden, 2), skip.forward(functional.avg_pool2d(x, 2)));
            return (x + conv2.forward(norm2.Activate(conv1.forward(hidden)))).MoveToOuterDisposeScope();
        }
    }
}
