using Veer.Networks;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser from a network that was trained with EDM's preconditioning (Karras et al., arXiv 2206.00364). It answers at any level of any
/// path. The network is given float32 whatever its compute dtype; states may be float64, and stay so.
/// </summary>
public sealed class EdmDenoiser : NetworkDenoiser
{
    /// <summary>The family's name in configurations.</summary>
    internal const string Family = "edm";

    /// <param name="network">F(c_in · x, c_noise, label); label is [B] int64, or [B, C + 1] weights of the classes.</param>
    /// <param name="classes">Number of classes C; the network's label C is null.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    /// <param name="preconditioning">That of the training; null: for clean samples of standard deviation 0.5.</param>
    public EdmDenoiser(
        ConditionalNetwork network, int classes, double labelDropout, EdmPreconditioning? preconditioning = null)
        : base(network, classes, labelDropout) => Preconditioning = preconditioning ?? new();

    /// <summary>How the network's input and answer are scaled.</summary>
    public EdmPreconditioning Preconditioning { get; }

    /// <inheritdoc/>
    public override NoisingProcess Process { get; } = new ContinuousProcess(new VarianceExplodingPath());

    /// <inheritdoc/>
    public override Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        var factors = Preconditioning.At(level);
        var told = full(1, factors.NoiseLabel, ScalarType.Float32, x.device);
        var answer = Network.forward((x * factors.Input).to(ScalarType.Float32), told, label).to(x.dtype);
        var clean = x * factors.Skip + answer * factors.Output;
        var noise = x * factors.NoiseSkip + answer * factors.NoiseOutput;
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
