using TorchSharp;

namespace Veer.Runtime;

/// <summary>The compute dtype that networks on images are fastest in.</summary>
public static class FastPrecision
{
    private const string ProcessorInformation = "/proc/cpuinfo";

    /// <summary>bfloat16 where the device multiplies it faster than float32, and a line that says why.</summary>
    public static (Precision Precision, string Reason) Choose(Device device)
    {
        // libtorch knows a CUDA device's capability, TorchSharp does not tell it
        if (device.type == DeviceType.CUDA) return (Precision.BFloat16, "bf16: CUDA devices since Ampere (2020) are fast at it; on older ones take fp32");
        if (device.type != DeviceType.CPU) return (Precision.Float32, $"fp32: not known whether {device.type} is fast at bf16");
        return File.Exists(ProcessorInformation)
            ? Choose(ProcessorFeatures.Parse(File.ReadAllText(ProcessorInformation)))
            : (Precision.Float32, "fp32: the system does not tell whether the processor is fast at bf16");
    }

    internal static (Precision Precision, string Reason) Choose(ProcessorFeatures processor) => processor.FastBFloat16 is { } instructions
        ? (Precision.BFloat16, $"bf16: {processor.Model} has {instructions}")
        : (Precision.Float32, $"fp32: {processor.Model} has neither AMX-BF16 nor a fast AVX512-BF16");
}
