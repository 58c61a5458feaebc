using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>Halves an image with a convolution of stride 2, or by the means of its 2 × 2 boxes.</summary>
internal sealed class AdmDownsampling : AdmLayer
{
    [ComponentName(Name = "op")]
    private readonly Convolution? convolution;

    public AdmDownsampling(InitialWeights weights, AdmSize size, int channels)
        : base(nameof(AdmDownsampling))
    {
        if (size.ConvolutionalResampling) convolution = new(weights, channels, channels, stride: 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor embedded) => convolution?.forward(x) ?? functional.avg_pool2d(x, 2);
}

/// <summary>Doubles an image by repeating its pixels, with or without a convolution behind.</summary>
internal sealed class AdmUpsampling : AdmLayer
{
    [ComponentName(Name = "conv")]
    private readonly UpsamplingConvolution? convolution;

    public AdmUpsampling(InitialWeights weights, AdmSize size, int channels)
        : base(nameof(AdmUpsampling))
    {
        if (size.ConvolutionalResampling) convolution = new(weights, channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor embedded) => convolution?.forward(x) ?? functional.interpolate(x, scale_factor: [2, 2]);
}
