using static TorchSharp.torch;

namespace Veer.Native;

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

    /// <summary>The precision that a name stands for.</summary>
    /// <param name="name">
    /// <c>fp32</c>; <c>bf16</c>; or <c>auto</c>: bfloat16 for networks on images, float32 for networks on vectors of coordinates.
    /// </param>
    /// <param name="images">Whether the study's data are images.</param>
    /// <exception cref="InputException">Another name.</exception>
    public static Precision ParsePrecision(string name, bool images = false) => name switch
    {
        "fp32" => Precision.Float32,
        "bf16" => Precision.BFloat16,
        "auto" => images ? Precision.BFloat16 : Precision.Float32,
        _ => throw new InputException("command line", "--precision", name, "auto, fp32 or bf16"),
    };
}
