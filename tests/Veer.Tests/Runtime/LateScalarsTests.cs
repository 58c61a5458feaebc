using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;

namespace Veer.Tests.Runtime;

public sealed class LateScalarsTests
{
    /// <summary>Where libtorch's scalar holds its number.</summary>
    private const int NumberAt = 16;

    [Fact]
    public void A_scalar_that_is_freed_holds_its_number_for_as_long_as_a_call_may_read_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "scalars are freed late on Linux, x64");
        Scalar first = 2.5;
        nint address = (nint)typeof(Scalar).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(first)!;
        first.Dispose();
        // the next ones would take its place
        Scalar[] others = [.. Enumerable.Range(0, 100).Select(i => (Scalar)(double)i)];
        Assert.Equal(2.5, BitConverter.Int64BitsToDouble(Marshal.ReadInt64(address, NumberAt)));
        GC.KeepAlive(others);
    }
}
