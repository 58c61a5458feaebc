namespace Veer.Training;

/// <summary>What a training minimises: a network and the loss of one step.</summary>
public interface IObjective
{
    /// <summary>The network that is trained.</summary>
    nn.Module Network { get; }

    /// <summary>The mean loss of some examples, a scalar; every draw comes from the key. Called on several threads at once.</summary>
    /// <param name="key">Names the draws.</param>
    /// <param name="count">Number of examples.</param>
    Tensor Loss(RandomKey key, int count);
}
