using TorchSharp;
using Veer.Cli;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Cli;

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
    [InlineData("fp32", false, Precision.Float32)]
    [InlineData("bf16", true, Precision.BFloat16)]
    [InlineData("auto", false, Precision.Float32)]
    public void A_precision_that_is_named_needs_no_reason(string name, bool images, Precision expected) =>
        Assert.Equal((expected, null), ComputeDevice.ParsePrecision(name, torch.CPU, images));

    [Fact]
    public void For_images_auto_takes_what_the_device_is_fast_at_and_says_why() =>
        Assert.Equal(FastPrecision.Choose(torch.CPU), ComputeDevice.ParsePrecision("auto", torch.CPU, images: true));

    [Theory]
    [InlineData("bf16", false, "8 bits of mantissa")]
    [InlineData("fp16", true, "auto, fp32 or bf16")]
    public void A_precision_that_cannot_be_had_is_an_error_that_says_what_can(string name, bool images, string expected) => Assert.Contains(
        expected, Assert.Throws<InputException>(() => ComputeDevice.ParsePrecision(name, torch.CPU, images)).Message, StringComparison.Ordinal);
}
