using CsCheck;

namespace Veer.Tests;

/// <summary>CsCheck over the same cases on every run and machine: the seed that it takes itself fixes only its first case.</summary>
internal static class FixedSeeds
{
    private const uint Stream = 1;

    public static void SampleFixed<T>(this Gen<T> gen, Action<T> check, int iter = 100)
    {
        // one case a call: a case that fails is reported with its seed
        for (int i = 0; i < iter; i++) gen.Sample(check, seed: new PCG(Stream, (ulong)i).ToString(), iter: 1, threads: 1);
    }

    public static void SampleFixed<T>(this Gen<T> gen, Func<T, bool> holds, int iter = 100)
    {
        for (int i = 0; i < iter; i++) gen.Sample(holds, seed: new PCG(Stream, (ulong)i).ToString(), iter: 1, threads: 1);
    }

    public static void SampleFixed<T1, T2>(this Gen<(T1, T2)> gen, Action<T1, T2> check, int iter = 100) =>
        gen.SampleFixed(pair => check(pair.Item1, pair.Item2), iter);

    public static void SampleFixed<T1, T2>(this Gen<(T1, T2)> gen, Func<T1, T2, bool> holds, int iter = 100) =>
        gen.SampleFixed(pair => holds(pair.Item1, pair.Item2), iter);
}
