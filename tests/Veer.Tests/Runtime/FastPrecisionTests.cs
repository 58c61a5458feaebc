using Veer.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Runtime;

public sealed class FastPrecisionTests
{
    [Theory]
    [InlineData("AuthenticAMD", "avx2 avx512f avx512_bf16", Precision.BFloat16, "bf16: Some Processor has AVX512-BF16")]
    [InlineData("GenuineIntel", "avx2 avx512f avx512_bf16 amx_bf16", Precision.BFloat16, "bf16: Some Processor has AMX-BF16")]
    [InlineData("GenuineIntel", "avx2 avx512f avx512_bf16", Precision.Float32, "fp32: Some Processor has neither AMX-BF16 nor a fast AVX512-BF16")]
    [InlineData("AuthenticAMD", "avx2 avx512f", Precision.Float32, "fp32: Some Processor has neither AMX-BF16 nor a fast AVX512-BF16")]
    public void A_processor_takes_the_dtype_that_its_instructions_are_fast_at(string vendor, string flags, Precision expected, string reason) =>
        Assert.Equal((expected, reason), FastPrecision.Choose(ProcessorFeatures.Parse($"vendor_id\t: {vendor}\nmodel name\t: Some Processor\nflags\t: {flags}\n")));

    [Fact]
    public void Every_device_has_an_answer_of_one_line()
    {
        foreach (var device in (Device[])[CPU, META])
        {
            var (precision, reason) = FastPrecision.Choose(device);
            Assert.StartsWith(precision == Precision.BFloat16 ? "bf16: " : "fp32: ", reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', reason);
        }
    }
}
