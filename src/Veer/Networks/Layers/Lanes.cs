using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Veer.Networks.Layers;

/// <summary>Sixteen numbers of a tensor's memory at a time, calculated with as float32.</summary>
internal interface ILanes<TNumber>
    where TNumber : unmanaged
{
    static abstract Vector512<float> Load(ref TNumber first, nuint at);

    static abstract void Store(Vector512<float> values, ref TNumber first, nuint at);
}

/// <summary>float32.</summary>
internal readonly struct Float32Lanes : ILanes<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref float first, nuint at) => Vector512.LoadUnsafe(ref first, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ref float first, nuint at) => values.StoreUnsafe(ref first, at);
}

/// <summary>bfloat16: the upper half of a float32, rounded to the nearest, ties to even.</summary>
internal readonly struct BFloat16Lanes : ILanes<ushort>
{
    private const int Dropped = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref ushort first, nuint at) =>
        (Vector512.WidenLower(Vector256.LoadUnsafe(ref first, at).ToVector512Unsafe()) << Dropped).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ref ushort first, nuint at)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> Dropped) & Vector512<uint>.One)) >> Dropped;
        var upper = Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(rounded) : Vector512.Narrow(rounded, rounded).GetLower();
        upper.StoreUnsafe(ref first, at);
    }
}

/// <summary>The logistic function of sixteen numbers.</summary>
internal static class Logistic
{
    // below, 1 + exp(-x) would be infinite, and further calculation with it no number
    private const float Lowest = -87;

    // ln 2 in two parts: the first has so few bits that its small multiples are exact
    private const float Log2Upper = 0.693359375f, Log2Lower = -2.12194440e-4f;

    private const int ExponentBits = 23;

    /// <summary>1 / (1 + exp(-x)), to a few units in the last place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) =>
        Vector512<float>.One / (Vector512<float>.One + Exponential(-Vector512.MaxNative(x, Vector512.Create(Lowest))));

    /// <summary>exp(x) = 2^n exp(r), r within ±ln(2) / 2, by its Taylor polynomial; for x up to 87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exponential(Vector512<float> x)
    {
        x = Vector512.MaxNative(x, Vector512.Create(Lowest));
        var n = Vector512.Round(x * (1 / MathF.Log(2)));
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Log2Upper), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Log2Lower), r);
        var sum = Vector512.Create(1 / 5040f);
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512.Create(1 / 720f));
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512.Create(1 / 120f));
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512.Create(1 / 24f));
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512.Create(1 / 6f));
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512.Create(1 / 2f));
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512<float>.One);
        sum = Vector512.MultiplyAddEstimate(sum, r, Vector512<float>.One);
        return (sum.AsInt32() + (Vector512.ConvertToInt32(n) << ExponentBits)).AsSingle();
    }
}
