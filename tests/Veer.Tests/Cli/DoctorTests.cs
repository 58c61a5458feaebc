using Veer.Cli;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Cli;

public class DoctorTests
{
    [Fact]
    public void A_machine_that_runs_these_tests_can_calculate()
    {
        var told = new List<DoctorFinding>();
        var findings = Doctor.Examine(Path.GetTempPath(), told.Add);

        Assert.Equal(findings, told);
        Assert.DoesNotContain(findings, finding => finding.Status == DoctorStatus.Missing);
        foreach (string name in (string[])["libtorch", "C++ library", "calculation"])
            Assert.Equal(DoctorStatus.Ok, Assert.Single(findings, finding => finding.Name == name).Status);
    }

    [Fact]
    public void Every_finding_is_one_line_and_every_fault_has_a_remedy()
    {
        Assert.All(Doctor.Examine("a folder/that is/not there"), finding =>
        {
            Assert.NotEmpty(finding.Found);
            Assert.DoesNotContain('\n', finding.Found + finding.Remedy);
            Assert.DoesNotContain("could not be examined", finding.Found, StringComparison.Ordinal);
            Assert.Equal(finding.Status == DoctorStatus.Ok, finding.Remedy.Length == 0);
        });
    }

    [Fact]
    public void A_check_that_throws_becomes_a_finding()
    {
        var finding = Doctor.Guard("disk", () => throw new IOException("no such device\nat line two"));
        Assert.Equal(("disk", DoctorStatus.Warning), (finding.Name, finding.Status));
        Assert.EndsWith("no such device", finding.Found, StringComparison.Ordinal);

        Assert.Equal(DoctorStatus.Missing, Doctor.Guard("libtorch", () => throw new InputException("not there")).Status);
    }

    [Theory]
    [InlineData("fpu sse2 avx2 avx512f avx512_bf16", "AVX2, AVX-512, AVX512-BF16")]
    [InlineData("avx2 amx_bf16 amx_tile", "AVX2, AMX-BF16")]
    [InlineData("fpu avx", "")]
    public void Vector_instructions_are_read_from_the_processors_flags(string flags, string expected)
    {
        var features = ProcessorFeatures.Parse($"processor\t: 0\nmodel name\t: A Processor: 2\nflags\t\t: {flags}\nvmx flags\t: avx2\n\nprocessor\t: 1\n");
        Assert.Equal("A Processor: 2", features.Model);
        Assert.Equal(expected, string.Join(", ", features.Instructions));
    }
}
