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

    /// <summary>The processor's generator, started at this key; dispose of it after the draws.</summary>
    public Generator Generator() => new(Value >> 1);

    /// <summary>Draws on a device, in the order in which they are asked for; dispose of them afterwards.</summary>
    public RandomDraws Draws(Device? device = null) => new(this, device ?? CPU);

    /// <summary>
    /// Standard normal noise [samples, shape...] in which row i depends on this key and on first + i alone (float32).
    /// Counter-based: SplitMix64 of (key, sample, element), then Box-Muller.
    /// </summary>
    public Tensor Normal(long first, long samples, ReadOnlySpan<long> shape, Device? device = null)
    {
        using var scope = NewDisposeScope();
        long elements = Count(shape), pairs = (elements + 1) / 2;
        // moved off zero so that the logarithm is finite
        var uniform = ShiftRight(Bits(first, samples, 2 * pairs, device ?? CPU), 64 - DoubleBits).to(ScalarType.Float64).add(0.5).mul(1.0 / (1L << DoubleBits));
        var halves = uniform.chunk(2, 1);
        var radius = halves[0].log().mul(-2).sqrt();
        var angle = halves[1].mul(2 * Math.PI);
        var normal = cat([radius * angle.cos(), radius * angle.sin()], 1).narrow(1, 0, elements);
        return normal.to(ScalarType.Float32).reshape([samples, .. shape]).MoveToOuterDisposeScope();
    }

    /// <summary>Uniform numbers from 0 to 1, without 1: as many bits as a number of the type (float32 or float64) holds.</summary>
    internal Tensor Uniform(ReadOnlySpan<long> shape, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        int bits = type == ScalarType.Float64 ? DoubleBits : SingleBits;
        return ShiftRight(Bits(0, 1, Count(shape), device), 64 - bits).to(type).mul_(1.0 / (1L << bits)).reshape(shape.ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>Whole numbers from 0 to a limit, without it: 63 random bits modulo the limit.</summary>
    internal Tensor Below(long limit, ReadOnlySpan<long> shape, Device device)
    {
        using var scope = NewDisposeScope();
        return ShiftRight(Bits(0, 1, Count(shape), device), 1).remainder_(limit).reshape(shape.ToArray()).MoveToOuterDisposeScope();
    }

    private const int DoubleBits = 53, SingleBits = 24;
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    /// <summary>[samples, elements] int64 random bits; row i depends on this key and on first + i alone.</summary>
    private Tensor Bits(long first, long samples, long elements, Device device)
    {
        using var rows = arange(first, first + samples, ScalarType.Int64, device).unsqueeze(1);
        using var columns = arange(0, elements, ScalarType.Int64, device).unsqueeze(0);
        // two rounds: the sample's own stream, then its elements
        var stream = Mix(rows.mul(unchecked((long)Golden)).add(unchecked((long)Value)));
        return Mix(columns.add(1).mul(unchecked((long)Golden)).add(stream));
    }

    private static long Count(ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (long side in shape) elements *= side;
        return elements;
    }

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
        // filled on the device: a number that is sent there makes the processor wait
        using var shift = full(1, by, ScalarType.Int64, z.device);
        using var mask = full(1, long.MaxValue >> (by - 1), ScalarType.Int64, z.device);
        return z.bitwise_right_shift(shift).bitwise_and(mask);
    }
}
