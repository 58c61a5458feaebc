using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Features;

/// <summary>The network of an evaluation classifier ("judge"): features of an image, each image's of its own, and a linear layer from them to the classes.</summary>
internal abstract class JudgeNetwork : Module<Tensor, Tensor>
{
    // of the features' rectifier below zero: a unit that is never above it would else be no feature at all
    private const double Leak = 0.1;

    /// <summary>The last layers; torch names weights after these fields.</summary>
    private protected readonly Linear feature, head;

    /// <param name="name">Its name.</param>
    /// <param name="shape">[C, H, W] of an image.</param>
    /// <param name="inputs">Numbers that the features are made of.</param>
    /// <param name="features">Size of the features.</param>
    /// <param name="classes">Number of classes.</param>
    private protected JudgeNetwork(string name, long[] shape, long inputs, int features, int classes)
        : base(name)
    {
        (Shape, FeatureSize, Classes) = (shape, features, classes);
        feature = Linear(inputs, features);
        head = Linear(features, classes);
    }

    /// <summary>[C, H, W] of an image.</summary>
    public long[] Shape { get; }

    /// <summary>Size of the features.</summary>
    public int FeatureSize { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>The network for images of a shape, with any weights.</summary>
    /// <returns>Null where there is none for such images.</returns>
    public static JudgeNetwork? For(ReadOnlySpan<long> shape, int classes)
    {
        if (shape.SequenceEqual(DigitNetwork.ImageShape)) return new DigitNetwork(classes);
        return shape.SequenceEqual(PhotoNetwork.ImageShape) ? new PhotoNetwork(classes) : null;
    }

    /// <summary>
    /// Weights uniform in ±sqrt(6 / fan in), as suits rectified units (He et al., arXiv 1502.01852); biases and the head zero;
    /// normalisation as it was.
    /// </summary>
    public void Initialise(RandomKey key)
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var (name, weight) in named_parameters())
        {
            using var generator = key.At(index++).Generator();
            double extent = weight.Dimensions == 1 ? 0 : Math.Sqrt(6.0 * weight.shape[0] / weight.numel());
            if (extent > 0) weight.uniform_(-extent, extent, generator);
            else if (!name.Contains("norm", StringComparison.Ordinal)) weight.zero_();
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
    /// <param name="images">[B, C, H, W] in [-1, 1].</param>
    /// <returns>[B, <see cref="FeatureSize"/>].</returns>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        return functional.leaky_relu(feature.forward(Seen(images)), Leak).MoveToOuterDisposeScope();
    }

    /// <param name="images">[B, C, H, W] in [-1, 1].</param>
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

    /// <summary>The weight of <see cref="Logits"/>, [<see cref="Classes"/>, <see cref="FeatureSize"/>].</summary>
    public Tensor LogitWeight => head.weight!;

    /// <summary>What the features are made of, [B, inputs]; within the caller's dispose scope.</summary>
    private protected abstract Tensor Seen(Tensor images);
}
