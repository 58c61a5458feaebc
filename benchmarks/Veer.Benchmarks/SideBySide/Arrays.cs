using Veer.Formats;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The arrays that sides share.</summary>
internal static class Arrays
{
    /// <summary>Normal numbers of standard deviation 1, [rows, dimensions] float32.</summary>
    public static Tensor Normal(string name, long rows, long dimensions) => RandomKey.From(0, "benchmark-" + name).Normal(0, rows, [dimensions]);

    public static void Write(string folder, string name, Tensor array) => Npy.Write(File(folder, name), array);

    public static Tensor Read(string folder, string name) => Npy.Read(File(folder, name)).DetachFromDisposeScope();

    private static string File(string folder, string name) => Path.Combine(folder, name + ".npy");
}
