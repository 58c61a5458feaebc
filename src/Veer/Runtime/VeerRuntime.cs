namespace Veer.Runtime;

/// <summary>What a program that is all about Veer sets for its whole process. Libraries leave these settings to the program that uses them.</summary>
public static class VeerRuntime
{
    /// <summary>
    /// Makes the process fast: idle threads of libtorch sleep soon (<c>GOMP_SPINCOUNT</c>), and freed memory stays with the process (glibc's
    /// <c>mallopt</c>), unless the user's environment decides otherwise; and loads the libtorch that <see cref="NativeLibraries.FolderVariable"/>
    /// names, if it names one. Call it first, as libtorch reads the settings when it is loaded.
    /// </summary>
    /// <remarks>
    /// Never throws: a libtorch that does not load is told by <see cref="NativeLibraries.EnsureLoaded"/>. Linux has all of this, other systems
    /// the last only. Docs/native-libraries.md says what it brings.
    /// </remarks>
    public static void Tune()
    {
        Threads.LetIdleThreadsSleep();
        Allocator.KeepFreedMemory();
        NativeLibraries.LoadNamed();
    }
}
