using System.Runtime.InteropServices;
using Veer.Runtime;
using Xunit;

namespace Veer.Tests.Runtime;

public partial class ThreadsTests
{
    [Fact]
    public void The_thread_count_is_the_one_asked_for()
    {
        int before = Threads.Count;
        Threads.Use(before + 1);
        Assert.Equal(before + 1, Threads.Count);
        Threads.Use(before);
        Assert.Throws<ArgumentOutOfRangeException>(() => Threads.Use(0));
    }

    [Fact]
    public void Native_libraries_are_told_to_let_idle_threads_sleep()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Threads.SpinVariable) is not null
            || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
        {
            Assert.Skip("the environment decides");
        }
        Assert.Equal(Threads.SpinCount, Marshal.PtrToStringUTF8(NativeVariable(Threads.SpinVariable)));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NativeVariable(string name);
}
