using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>What a training minimises: a network and the loss of one step.</summary>
public interface IObjective
{
    /// <summary>The network that is trained.</summary>
    nn.Module Network { get; }

    /// <summary>Examples seen at every step.</summary>
    int BatchSize { get; }

    /// <summary>The loss of one step, a scalar; every draw comes from the step's key.</summary>
    Tensor Loss(RandomKey step);
}
