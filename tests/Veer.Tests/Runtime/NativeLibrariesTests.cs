using System.Runtime.InteropServices;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Runtime;

public sealed class NativeLibrariesTests
{
    [Theory]
    [InlineData("LINUX", "libtorch_cpu.so", "libLibTorchSharp.so", "libc10.so")]
    [InlineData("OSX", "libtorch_cpu.dylib", "libLibTorchSharp.dylib", "libc10.dylib")]
    [InlineData("WINDOWS", "torch_cpu.dll", "LibTorchSharp.dll", "c10.dll")]
    public void Files_are_named_as_each_system_names_them(string system, params string[] expected) => Assert.Equal(
        expected, ((string[])["torch_cpu", "LibTorchSharp", "c10"]).Select(library => NativeLibraries.FileName(library, OSPlatform.Create(system))));
}
