using Veer.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Runtime;

public sealed class FastPrecisionTests
{
    [Theory]
    [InlineData("AVX2, AVX-512, AVX512-BF16", Precision.BFloat16, "bf16: Some Processor has AVX512-BF16")]
    [InlineData("AVX2, AVX512-BF16, AMX-BF16", Precision.BFloat16, "bf16: Some Processor has AMX-BF16")]
    [InlineData("AVX2, AVX-512", Precision.Float32, "fp32: Some Processor has neither AVX512-BF16 nor AMX-BF16")]
    public void A_processor_is_fast_at_what_it_has_instructions_for(string instructions, Precision expected, string reason) =>
        Assert.Equal((expected, reason), FastPrecision.Choose(new ProcessorFeatures("Some Processor", instructions.Split(", "))));

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
