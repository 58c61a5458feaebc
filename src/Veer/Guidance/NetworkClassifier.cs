using Veer.Diffusion;
using Veer.Networks;

namespace Veer.Guidance;

/// <summary>
/// A noisy classifier from a network that was trained on a DDPM's forward process. It answers at any level of any path:
/// x / sqrt(a² + b²) lies on the variance-preserving path at the same ratio a : b, and is of the same class.
/// It owns the network; answers are safe on several threads at once, until it is disposed of.
/// </summary>
public sealed class NetworkClassifier : INoisyClassifier, IDisposable
{
    private readonly NoiseSchedule schedule;

    /// <param name="network">Gives logits [B, C] of (x_t, t / T); it has no class branch.</param>
    /// <param name="schedule">The forward process it was trained on.</param>
    /// <param name="classes">Number of classes C.</param>
    public NetworkClassifier(ConditionalNetwork network, NoiseSchedule schedule, int classes)
    {
        Network = network;
        this.schedule = schedule;
        Classes = classes;
    }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>The shape of a point: [D], or [C, H, W] of an image; empty where it is not known.</summary>
    public long[] SampleShape { get; init; } = [];

    /// <summary>The network; it belongs to this classifier.</summary>
    internal ConditionalNetwork Network { get; }

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor x, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var (scaled, time) = NetworkInputs.Of(schedule, x, level);
        return Logits(Network, scaled, time).log_softmax(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label)
    {
        using var scope = NewDisposeScope();
        // samplers run without gradients; the scaling of x is within the graph, so its factor comes by itself
        using var recording = enable_grad();
        var point = x.detach().requires_grad_();
        var chosen = LogProbability(point, level).gather(1, label.unsqueeze(1)).sum();
        return autograd.grad([chosen], [point])[0].MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => Network.Dispose();

    /// <summary>A classifier network's answer: it stands where other networks take a label too, but is not told one.</summary>
    internal static Tensor Logits(ConditionalNetwork network, Tensor x, Tensor time) =>
        network.forward(x, time, null);
}
