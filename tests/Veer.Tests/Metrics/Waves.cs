using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

/// <summary>Points in the plane that NumPy makes as well: row i is (sin(a i + c), cos(b i)), i from 0 on.</summary>
internal static class Waves
{
    /// <summary>63, the last three duplicates of the first.</summary>
    public static Tensor Training() => cat([Wave(60, 1.1, 0.7, 0), Wave(3, 1.1, 0.7, 0)]);

    /// <summary>35, the last five copies of training points: of rows 5 to 8, and of one that has a duplicate.</summary>
    public static Tensor Samples() => cat([Wave(30, 1.3, 0.9, 0.2), Training().narrow(0, 5, 4), Training().narrow(0, 0, 1)]);

    /// <summary>26, the last one a copy of training point 12.</summary>
    public static Tensor Unseen() => cat([Wave(25, 0.8, 1.9, 0.5), Training().narrow(0, 12, 1)]);

    private static Tensor Wave(int count, double a, double b, double c)
    {
        var rows = Enumerable.Range(0, count);
        return tensor(rows.SelectMany(i => new[] { Math.Sin(a * i + c), Math.Cos(b * i) }).ToArray()).reshape(count, 2);
    }
}
