using System.Runtime.InteropServices;

namespace Veer.Runtime;

/// <summary>How many processor threads one tensor operation uses, and what they do between two operations.</summary>
public static partial class Threads
{
    /// <summary>How many turns an idle OpenMP thread waits before it sleeps (GNU libgomp's manual).</summary>
    internal const string SpinVariable = "GOMP_SPINCOUNT";

    // libgomp's own 300,000 made training 8 to 20 times slower whenever other programs kept the cores busy (docs/native-libraries.md).
    internal const string SpinCount = "1000";

    private const string WaitPolicyVariable = "OMP_WAIT_POLICY";

    /// <summary>Threads of a tensor operation that the calling thread starts.</summary>
    public static int Count => get_num_threads();

    /// <summary>
    /// Sets the threads of the operations that the calling thread starts. Threads that have used torch keep theirs, as OpenMP counts per
    /// thread; one that uses it for the first time begins with the count that any thread set last.
    /// </summary>
    /// <param name="count">At least 1. Tiny networks run fastest on one.</param>
    public static void Use(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        set_num_threads(count);
    }

    /// <summary>Keeps the calling thread's count in mind while its work is shared out; disposed of, it is the count again.</summary>
    internal static Kept Keep()
    {
        // many threads are many collections of garbage, and numbers must outlive them (LateScalars)
        NativeLibraries.EnsureLoaded();
        return new(get_num_threads());
    }

    /// <summary>Shortens the wait of idle threads unless the user's environment decides. Works only before libgomp is loaded.</summary>
    internal static void LetIdleThreadsSleep()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Environment.GetEnvironmentVariable(SpinVariable) is not null || Environment.GetEnvironmentVariable(WaitPolicyVariable) is not null) return;
        // .NET keeps its own copy of the environment, which native libraries do not see.
        _ = SetNativeVariable(SpinVariable, SpinCount, overwrite: 0);
    }

    /// <summary>A count that comes back.</summary>
    internal readonly struct Kept(int count) : IDisposable
    {
        /// <summary>One thread for the operations of the calling worker, as the other cores have workers of their own.</summary>
        /// <remarks>
        /// A worker that finds 1 may have used torch for the first time while another one's count was 1: it is left with the count of
        /// the thread that shared the work out, for pool threads serve others afterwards.
        /// </remarks>
        public Kept One()
        {
            int own = get_num_threads();
            set_num_threads(1);
            return new(own == 1 ? count : own);
        }

        /// <summary>Makes it the calling thread's count again, and that of threads to come.</summary>
        public void Dispose() => set_num_threads(count);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
