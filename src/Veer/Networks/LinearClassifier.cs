using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Networks;

/// <summary>Shape of a <see cref="LinearClassifier"/>.</summary>
public sealed record LinearClassifierOptions : INetworkOptions
{
    /// <summary>Numbers in a flattened sample; at least 1.</summary>
    [Range(1, 1 << 24)]
    public required int Dimensions { get; init; }

    /// <summary>Number of classes; at least 2.</summary>
    [Range(2, 1 << 24)]
    public required int Outputs { get; init; }

    /// <inheritdoc/>
    ConditionalNetwork INetworkOptions.Create(RandomKey key) => new LinearClassifier(this);

    /// <inheritdoc/>
    long INetworkOptions.LeastParameters() => (long)Dimensions * Outputs;
}

/// <summary>
/// The linear noisy classifier of arXiv 2503.10638: one linear layer on the concatenated (flattened x, t). Its boundary between two
/// classes is a hyperplane that time moves but does not turn. It starts at zero: its cross entropy is convex, so any start will do.
/// </summary>
public sealed class LinearClassifier : ConditionalNetwork
{
    private readonly Linear layer;

    /// <param name="options">The network's shape.</param>
    public LinearClassifier(LinearClassifierOptions options)
        : base(nameof(LinearClassifier))
    {
        layer = Linear(options.Dimensions + 1, options.Outputs);
        RegisterComponents();
        using var quiet = no_grad();
        layer.weight!.zero_();
        layer.bias!.zero_();
    }

    /// <param name="x">[B, ...] of Dimensions numbers each.</param>
    /// <param name="t">[B], or [1] for the whole batch; in [0, 1].</param>
    /// <param name="labels">Not looked at: every network of this library has this place.</param>
    /// <returns>Logits [B, Outputs].</returns>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var inputs = cat([x.flatten(1), t.unsqueeze(1).expand(x.shape[0], -1).to(x.dtype)], 1);
        return layer.forward(inputs.to(layer.weight!.dtype)).MoveToOuterDisposeScope();
    }
}
