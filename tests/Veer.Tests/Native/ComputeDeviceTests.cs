using TorchSharp;
using Veer.Native;
using Xunit;

namespace Veer.Tests.Native;

public class ComputeDeviceTests
{
    [Fact]
    public void The_processor_is_always_there() => Assert.Equal(DeviceType.CPU, ComputeDevice.Parse("cpu").type);

    [Fact]
    public void Auto_takes_cuda_exactly_when_it_is_there() =>
        Assert.Equal(torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU, ComputeDevice.Parse("auto").type);

    [Fact]
    public void Cuda_where_there_is_none_is_an_error_that_says_what_to_do()
    {
        if (torch.cuda.is_available()) Assert.Skip("this machine has CUDA");
        var error = Assert.Throws<InputException>(() => ComputeDevice.Parse("cuda"));
        Assert.Contains("VEER_LIBTORCH", error.Message, StringComparison.Ordinal);
        Assert.Contains("--device", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("CUDA")]
    public void Another_device_is_an_error_that_lists_what_is_allowed(string name) =>
        Assert.Contains("auto, cpu or cuda", Assert.Throws<InputException>(() => ComputeDevice.Parse(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("fp32", true, Precision.Float32)]
    [InlineData("bf16", false, Precision.BFloat16)]
    [InlineData("auto", false, Precision.Float32)]
    [InlineData("auto", true, Precision.BFloat16)]
    public void Auto_precision_keeps_coordinates_exact(string name, bool images, Precision expected) =>
        Assert.Equal(expected, ComputeDevice.ParsePrecision(name, images));

    [Fact]
    public void Another_precision_is_an_error_that_lists_what_is_allowed() =>
        Assert.Contains("fp32 or bf16", Assert.Throws<InputException>(() => ComputeDevice.ParsePrecision("fp16")).Message, StringComparison.Ordinal);
}
