using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser from a network that was trained with EDM's preconditioning (Karras et al., arXiv 2206.00364). It answers at any level of any
/// path. The network calculates in float32; states may be float64, and stay so.
/// </summary>
public sealed class EdmDenoiser : IDenoiser
{
    private readonly nn.Module<Tensor, Tensor, Tensor, Tensor> network;

    /// <param name="network">F(c_in · x, c_noise, label); label is [B] int64, or [B, C + 1] weights of the classes.</param>
    /// <param name="classes">Number of classes C; the network's label C is null.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    /// <param name="preconditioning">That of the training; null: for clean samples of standard deviation 0.5.</param>
    public EdmDenoiser(
        nn.Module<Tensor, Tensor, Tensor, Tensor> network, int classes, double labelDropout, EdmPreconditioning? preconditioning = null)
    {
        this.network = network;
        Classes = classes;
        LabelDropout = labelDropout;
        Preconditioning = preconditioning ?? new();
    }

    /// <summary>The denoiser that a configuration describes.</summary>
    internal static EdmDenoiser Of(nn.Module<Tensor, Tensor, Tensor, Tensor> network, ModelConfig config) =>
        new(network, config.Classes, config.LabelDropout, new() { SigmaData = config.SigmaData ?? new EdmPreconditioning().SigmaData })
        {
            SampleShape = config.PointShape(),
        };

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>How the network's input and answer are scaled.</summary>
    public EdmPreconditioning Preconditioning { get; }

    /// <summary>The shape of a sample: [D], or [C, H, W] of an image; empty where it is not known.</summary>
    public long[] SampleShape { get; init; } = [];

    /// <summary>How often the label was null in training.</summary>
    public double LabelDropout { get; }

    /// <inheritdoc/>
    public bool KnowsNullLabel => LabelDropout > 0;

    /// <inheritdoc/>
    public bool KnowsSoftLabels => true;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, Level level, Tensor label)
    {
        using var scope = NewDisposeScope();
        var factors = Preconditioning.At(level);
        var told = tensor(new[] { (float)factors.NoiseLabel }, device: x.device);
        var answer = network.forward((x * factors.Input).to(ScalarType.Float32), told, label).to(x.dtype);
        var clean = x * factors.Skip + answer * factors.Output;
        var noise = x * factors.NoiseSkip + answer * factors.NoiseOutput;
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
