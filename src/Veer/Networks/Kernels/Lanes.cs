using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Veer.Networks.Kernels;

/// <summary>Sixteen numbers of a tensor's memory at a time, calculated with as float32.</summary>
internal interface ILanes<TNumber>
    where TNumber : unmanaged
{
    /// <summary>Whether a few units in the eleventh binary digit do not show: the type has eight.</summary>
    static abstract bool IsCoarse { get; }

    static abstract Vector512<float> Load(ref TNumber first, nuint at);

    static abstract void Store(Vector512<float> values, ref TNumber first, nuint at);
}

/// <summary>float32.</summary>
internal readonly struct Float32Lanes : ILanes<float>
{
    public static bool IsCoarse => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref float first, nuint at) => Vector512.LoadUnsafe(ref first, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ref float first, nuint at) => values.StoreUnsafe(ref first, at);
}

/// <summary>bfloat16: the upper half of a float32, rounded to the nearest, ties to even.</summary>
internal readonly struct BFloat16Lanes : ILanes<ushort>
{
    private const int Dropped = 16;

    public static bool IsCoarse => true;

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
