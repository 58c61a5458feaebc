namespace Veer.Networks;

/// <summary>
/// Dropout (Srivastava et al., 2014) whose draws come from a key: a network's forward pass has no place for one, so the key is the thread's,
/// set around it by whoever trains.
/// </summary>
public static class KeyedDropout
{
    [ThreadStatic]
    private static Stream? current;

    /// <summary>Until it is disposed of, this thread's dropout draws from the key, each call from a stream of its own.</summary>
    public static IDisposable From(RandomKey key) => current = new Stream(key, current);

    /// <summary>Zeroes each number with a probability, and scales the others so that the mean stays.</summary>
    /// <exception cref="InvalidOperationException">This thread has no key.</exception>
    internal static Tensor Apply(Tensor x, double probability)
    {
        if (current is null) throw new InvalidOperationException($"a network with dropout is trained within {nameof(KeyedDropout)}.{nameof(From)}");
        using var scope = NewDisposeScope();
        using var draws = current.Next().Draws(x.device);
        // lies in memory as x does, which makes the product fast
        var kept = draws.UniformLike(x) >= probability;
        return (x * kept.to(x.dtype).div_(1 - probability)).MoveToOuterDisposeScope();
    }

    private sealed class Stream(RandomKey key, Stream? outer) : IDisposable
    {
        private long calls;

        public RandomKey Next() => key.At(calls++);

        public void Dispose() => current = outer;
    }
}
