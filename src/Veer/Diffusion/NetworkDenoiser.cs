using Veer.Networks;
using Veer.Runtime;

namespace Veer.Diffusion;

/// <summary>
/// A denoiser made of a trained network, which it owns; a family says what the network predicts. Predictions are safe on several threads at
/// once, until it is disposed of.
/// </summary>
public abstract class NetworkDenoiser : IDenoiser, IMixedPrecision, IDisposable
{
    // asked at every step; made at the first asking, as the shape is said after the constructor
    private DenoiserInfo? info;

    /// <param name="network">Gives what the family says; label C is null.</param>
    /// <param name="classes">Number of classes C.</param>
    /// <param name="labelDropout">How often the label was null in training; 0: the network knows no null label.</param>
    protected NetworkDenoiser(ConditionalNetwork network, int classes, double labelDropout)
    {
        Network = network;
        Classes = classes;
        LabelDropout = labelDropout;
    }

    /// <summary>Number of classes C; label C is null.</summary>
    public int Classes { get; }

    /// <summary>The noising process that it was trained to undo, and that its samplers take.</summary>
    public abstract NoisingProcess Process { get; }

    /// <summary>The shape of a sample: [D], or [C, H, W] of an image; empty where it is not known.</summary>
    public long[] SampleShape { get; init; } = [];

    /// <summary>How often the label was null in training.</summary>
    public double LabelDropout { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info => info ??= new()
    {
        Classes = Classes,
        KnowsLabels = LabelDropout < 1,
        KnowsNullLabel = LabelDropout > 0,
        KnowsSoftLabels = true,
        SampleShape = SampleShape,
        Process = Process,
    };

    /// <inheritdoc/>
    /// <remarks>A network that knows float32 alone stays at it.</remarks>
    public Precision Compute
    {
        get => (Network as IMixedPrecision)?.Compute ?? Precision.Float32;
        set
        {
            if (Network is IMixedPrecision mixed) mixed.Compute = value;
        }
    }

    /// <summary>The network; it belongs to this denoiser.</summary>
    protected internal ConditionalNetwork Network { get; }

    /// <inheritdoc/>
    public abstract Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null);

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        Network.Dispose();
        GC.SuppressFinalize(this);
    }
}
