using Veer.Runtime;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary>Reads the values of <c>--device</c> and <c>--precision</c>.</summary>
public static class ComputeDevice
{
    /// <summary>The device that a name stands for.</summary>
    /// <param name="name"><c>cpu</c>; <c>cuda</c>; or <c>auto</c>: CUDA when it is there, the processor otherwise.</param>
    /// <exception cref="InputException">Another name, CUDA where there is none, or native libraries that do not load.</exception>
    public static Device Parse(string name)
    {
        if (name is not ("auto" or "cpu" or "cuda")) throw new InputException("command line", "--device", name, "auto, cpu or cuda");
        NativeLibraries.EnsureLoaded();
        bool available = name != "cpu" && cuda.is_available();
        if (name == "cuda" && !available)
        {
            throw new InputException(
                "command line", "--device", "cuda, but no CUDA device answers",
                $"cpu, or a CUDA build of libtorch named by {NativeLibraries.FolderVariable} (run 'veer doctor')");
        }
        return available ? CUDA : CPU;
    }

    /// <summary>The compute dtype that a name stands for.</summary>
    /// <param name="name">
    /// <c>fp32</c>; <c>bf16</c>; or <c>auto</c>: bfloat16 for networks on images where the device is fast at it, else float32.
    /// </param>
    /// <param name="device">Where the networks are.</param>
    /// <param name="images">Whether the data are images; vectors of coordinates need float32.</param>
    /// <returns>The precision, and a line that says why where the name left it open.</returns>
    /// <exception cref="InputException">Another name, or bfloat16 for vectors.</exception>
    public static (Precision Precision, string? Reason) ParsePrecision(string name, Device device, bool images) => (name, images) switch
    {
        ("auto", true) => FastPrecision.Choose(device),
        ("auto" or "fp32", _) => (Precision.Float32, null),
        ("bf16", true) => (Precision.BFloat16, null),
        ("bf16", false) => throw new InputException(
            "command line", "--precision", "bf16", "fp32 or auto: 8 bits of mantissa are too few for coordinates of points"),
        _ => throw new InputException("command line", "--precision", name, "auto, fp32 or bf16"),
    };
}
