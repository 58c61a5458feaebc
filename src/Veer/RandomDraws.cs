namespace Veer;

/// <summary>
/// The random numbers of one key, in the order in which they are asked for, on the device that needs them. On the processor they are those of
/// torch's generator. TorchSharp makes none for another device: there every call has a counter-based stream of its own, which the device
/// computes without waiting for the processor. So seeds give equal draws on equal kinds of devices, and others on another kind.
/// </summary>
public sealed class RandomDraws : IDisposable
{
    private readonly RandomKey key;
    private readonly Generator? generator;
    private long calls;

    /// <param name="key">Names the draws.</param>
    /// <param name="device">Where they are made.</param>
    /// <param name="counted">Whether they are counter-based; by default where the device is not the processor.</param>
    internal RandomDraws(RandomKey key, Device device, bool? counted = null)
    {
        (this.key, Device) = (key, device);
        if (!(counted ?? device.type != TorchSharp.DeviceType.CPU)) generator = key.Generator();
    }

    /// <summary>Where the numbers are.</summary>
    public Device Device { get; }

    /// <summary>Uniform numbers from 0 up to, but not including, 1; the caller's.</summary>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="type">float32 or float64.</param>
    public Tensor Uniform(ReadOnlySpan<long> shape, ScalarType type = ScalarType.Float32) =>
        generator is not null ? rand(shape, type, Device, generator: generator) : Next().Uniform(shape, type, Device);

    /// <summary>Uniform numbers as many as another tensor has (float32); they lie in memory as it does where that can be had.</summary>
    public Tensor UniformLike(Tensor other) =>
        generator is not null ? empty_like(other, ScalarType.Float32).uniform_(0, 1, generator) : Uniform(other.shape);

    /// <summary>Standard normal numbers (float32).</summary>
    public Tensor Normal(ReadOnlySpan<long> shape) =>
        generator is not null ? randn(shape, device: Device, generator: generator) : Next().Normal(0, shape[0], shape[1..], Device);

    /// <summary>Whole numbers (int64) from 0 up to, but not including, a limit, each equally often.</summary>
    /// <param name="limit">At most 2^62.</param>
    /// <param name="shape">Shape of the result.</param>
    public Tensor Below(long limit, ReadOnlySpan<long> shape) =>
        generator is not null ? randint(0, limit, shape.ToArray(), ScalarType.Int64, Device, generator: generator) : Next().Below(limit, shape, Device);

    /// <inheritdoc/>
    public void Dispose() => generator?.Dispose();

    private RandomKey Next() => key.At(calls++);
}
