namespace Veer.Networks;

/// <summary>
/// The shape of a network, which is all that is needed to make one: a record of settings that JSON can hold. A model's folder keeps it beside
/// the weights, under the field that its kind is registered with (<c>Models.NetworkKinds</c>).
/// </summary>
public interface INetworkOptions
{
    /// <summary>A fresh network of this shape, on the CPU; its weights come from the key alone. It belongs to the caller.</summary>
    /// <param name="key">Where the initial weights come from.</param>
    ConditionalNetwork Create(RandomKey key);

    /// <summary>
    /// How many numbers such a network has at least, and not far below what it has, told without making it: a configuration that asks for more
    /// than its file of weights holds is refused before memory is taken. 0: not known.
    /// </summary>
    long LeastParameters() => 0;
}
