namespace Veer;

/// <summary>
/// Names a stream of random numbers by (seed, purpose, index ...). Equal keys give equal draws, whatever was drawn before, so a run
/// can stop at any step and go on to the same bits, and a sample's noise does not depend on the batch it was drawn in.
/// </summary>
public readonly record struct RandomKey(ulong Value)
{
    /// <summary>The stream of one purpose ("noise", "batch", ...) under a seed.</summary>
    public static RandomKey From(long seed, string purpose)
    {
        var key = new RandomKey(Mix((ulong)seed + Golden));
        foreach (char c in purpose) key = key.At(c);
        return key;
    }

    /// <summary>The stream of one step or sample of this stream.</summary>
    public RandomKey At(long index) => new(Mix(Value ^ Mix((ulong)index + Golden)));

    /// <summary>A generator that starts at this key; dispose of it after the draws.</summary>
    public Generator Generator(Device? device = null) => new((ulong)(Value >> 1), device ?? CPU);

    /// <summary>
    /// Standard normal noise [samples, shape...] in which row i depends on this key and on first + i alone (float32).
    /// Counter-based: SplitMix64 of (key, sample, element), then Box-Muller.
    /// </summary>
    public Tensor Normal(long first, long samples, ReadOnlySpan<long> shape, Device? device = null)
    {
        using var scope = NewDisposeScope();
        device ??= CPU;
        long elements = 1;
        foreach (long side in shape) elements *= side;
        long pairs = (elements + 1) / 2;
        using var rows = arange(first, first + samples, ScalarType.Int64, device).unsqueeze(1);
        using var columns = arange(0, 2 * pairs, ScalarType.Int64, device).unsqueeze(0);
        // two rounds: the sample's own stream, then its elements
        var stream = Mix(rows.mul(unchecked((long)Golden)).add(unchecked((long)Value)));
        var bits = Mix(columns.add(1).mul(unchecked((long)Golden)).add(stream));
        // the upper 53 bits, moved off zero so that the logarithm is finite
        var uniform = ShiftRight(bits, 11).to(ScalarType.Float64).add(0.5).mul(1.0 / (1L << 53));
        var halves = uniform.chunk(2, 1);
        var radius = halves[0].log().mul(-2).sqrt();
        var angle = halves[1].mul(2 * Math.PI);
        var normal = cat([radius * angle.cos(), radius * angle.sin()], 1).narrow(1, 0, elements);
        return normal.to(ScalarType.Float32).reshape([samples, .. shape]).MoveToOuterDisposeScope();
    }

    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * First;
        z = (z ^ (z >> 27)) * Second;
        return z ^ (z >> 31);
    }

    private static Tensor Mix(Tensor z)
    {
        z = z.bitwise_xor(ShiftRight(z, 30)).mul(unchecked((long)First));
        z = z.bitwise_xor(ShiftRight(z, 27)).mul(unchecked((long)Second));
        return z.bitwise_xor(ShiftRight(z, 31));
    }

    /// <summary>Logical shift of int64: the arithmetic one, with the copies of the sign cleared.</summary>
    private static Tensor ShiftRight(Tensor z, int by)
    {
        using var shift = tensor((long)by, device: z.device);
        using var mask = tensor(long.MaxValue >> (by - 1), device: z.device);
        return z.bitwise_right_shift(shift).bitwise_and(mask);
    }
}
