using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Judges;

/// <summary>
/// The small CNN of a <see cref="DigitJudge"/>: a convolution at 28 x 28 pixels, two at 14 x 14 and one at 7 x 7, a linear layer to the
/// features and one from them to the classes. It has no normalisation and no dropout, so an image's features depend on it alone.
/// </summary>
internal sealed class DigitNetwork : Module<Tensor, Tensor>
{
    /// <summary>Size of the features.</summary>
    public const int FeatureSize = 64;

    // of the features' rectifier below zero: a unit that is never above it would else be no feature at all
    private const double Leak = 0.1;

    // channels of the convolutions; 7 x 7 pixels, halved, are 3 x 3
    private const int First = 24, Middle = 48, Last = 64, LastSide = 3;

    private readonly Conv2d conv1, conv2, conv3, conv4;
    private readonly Linear feature, head;

    /// <param name="classes">Number of classes.</param>
    public DigitNetwork(int classes)
        : base(nameof(DigitNetwork))
    {
        Classes = classes;
        conv1 = Conv2d(1, First, 5, padding: 2);
        conv2 = Conv2d(First, Middle, 3, padding: 1);
        conv3 = Conv2d(Middle, Middle, 3, padding: 1);
        conv4 = Conv2d(Middle, Last, 3, padding: 1);
        feature = Linear(Last * LastSide * LastSide, FeatureSize);
        head = Linear(FeatureSize, classes);
        RegisterComponents();
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Weights uniform in ±sqrt(6 / fan in), as suits rectified units (He et al., arXiv 1502.01852); biases and the head zero.</summary>
    public void Initialise(RandomKey key)
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var (_, weight) in named_parameters())
        {
            using var generator = key.At(index++).Generator();
            double extent = weight.Dimensions == 1 ? 0 : Math.Sqrt(6.0 * weight.shape[0] / weight.numel());
            if (extent == 0) weight.zero_();
            else weight.uniform_(-extent, extent, generator);
        }
        head.weight!.zero_();
    }

    /// <summary>Multiplies the features and leaves the logits as they are.</summary>
    public void ScaleFeatures(double factor)
    {
        using var quiet = no_grad();
        feature.weight!.mul_(factor);
        feature.bias!.mul_(factor);
        head.weight!.div_(factor);
    }

    /// <summary>What the classes are told from: the outputs of the layer before the logits.</summary>
    /// <param name="images">[B, 1, 28, 28] in [-1, 1].</param>
    /// <returns>[B, <see cref="FeatureSize"/>].</returns>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        // pooled before it is rectified: the same, at a quarter of the work
        var hidden = Pooled(conv1.forward(images));
        hidden = Pooled(conv3.forward(functional.relu(conv2.forward(hidden))));
        hidden = Pooled(conv4.forward(hidden));
        return functional.leaky_relu(feature.forward(hidden.flatten(1)), Leak).MoveToOuterDisposeScope();
    }

    /// <param name="images">[B, 1, 28, 28] in [-1, 1].</param>
    /// <returns>Logits [B, Classes].</returns>
    public override Tensor forward(Tensor images)
    {
        using var features = Features(images);
        return Logits(features);
    }

    /// <summary>What the classes are told by.</summary>
    /// <param name="features">[B, <see cref="FeatureSize"/>].</param>
    /// <returns>[B, Classes].</returns>
    public Tensor Logits(Tensor features) => head.forward(features);

    private static Tensor Pooled(Tensor images) => functional.relu(functional.max_pool2d(images, 2));
}
