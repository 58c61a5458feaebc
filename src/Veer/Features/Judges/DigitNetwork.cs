using TorchSharp.Modules;
using Veer.Data;
using static TorchSharp.torch.nn;

namespace Veer.Features;

/// <summary>
/// The small CNN that judges grey images of 28 x 28 pixels: a convolution at 28 x 28 pixels, two at 14 x 14 and one at 7 x 7, a linear
/// layer to the features and one from them to the classes. It has no normalisation and no dropout.
/// </summary>
internal sealed class DigitNetwork : JudgeNetwork
{
    // channels of the convolutions; 7 x 7 pixels, halved, are 3 x 3
    private const int First = 24, Middle = 48, Last = 64, LastSide = 3, Size = 64;

    private readonly Conv2d conv1, conv2, conv3, conv4;

    /// <param name="classes">Number of classes.</param>
    public DigitNetwork(int classes)
        : base(nameof(DigitNetwork), ImageShape, Last * LastSide * LastSide, Size, classes)
    {
        conv1 = Conv2d(1, First, 5, padding: 2);
        conv2 = Conv2d(First, Middle, 3, padding: 1);
        conv3 = Conv2d(Middle, Middle, 3, padding: 1);
        conv4 = Conv2d(Middle, Last, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>Shape of an image.</summary>
    public static long[] ImageShape => [1, Mnist.Side, Mnist.Side];

    private protected override Tensor Seen(Tensor images)
    {
        // pooled before it is rectified: the same, at a quarter of the work
        var hidden = Pooled(conv1.forward(images));
        hidden = Pooled(conv3.forward(functional.relu(conv2.forward(hidden))));
        return Pooled(conv4.forward(hidden)).flatten(1);
    }

    private static Tensor Pooled(Tensor images) => functional.relu(functional.max_pool2d(images, 2));
}
