using System.Runtime.InteropServices;

namespace Veer.Runtime;

/// <summary>
/// Keeps TorchSharp's scalars for a moment longer. Its calls hand native code the address of a scalar and nothing that keeps the object alive,
/// so that a collection in the midst of a call may free the number that is being read: another thread's number then stands in its place. Here
/// the wrapper's function that frees scalars is led to one that waits: a scalar goes a second or more after its object, long after any call.
/// </summary>
/// <remarks>
/// It changes the host's TorchSharp, in its speed nowhere and in its results only where they were wrong; so <see cref="NativeLibraries.EnsureLoaded"/>
/// installs it, which is called where this library loads a model or shares work among threads, and no earlier. Linux on x64. Elsewhere, and
/// where memory with code may not be changed, scalars are freed as TorchSharp frees them.
/// </remarks>
internal static unsafe partial class LateScalars
{
    private const string Function = "THSTorch_dispose_scalar";

    private const int Milliseconds = 1000;

    // mprotect(2)
    private const int Read = 1, Write = 2, Execute = 4;

    private static readonly Lock Change = new();
    private static List<nint> young = [], old = [];
    private static long since;

    /// <summary>Whether scalars are freed late.</summary>
    public static bool IsInstalled { get; private set; }

    /// <summary>Leads the function of a loaded wrapper here.</summary>
    public static void Install(nint wrapper)
    {
        lock (Change)
        {
            if (IsInstalled || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
            if (!NativeLibrary.TryGetExport(wrapper, Function, out nint function)) return;
            delegate* unmanaged<nint, void> keep = &Keep;
            // mov rax, keep; jmp rax
            byte[] jump = [0x48, 0xB8, .. BitConverter.GetBytes((long)keep), 0xFF, 0xE0];
            nint page = function & ~(nint)(Environment.SystemPageSize - 1);
            nuint length = (nuint)(function + jump.Length - page);
            if (Protect(page, length, Read | Write | Execute) != 0) return;
            jump.CopyTo(new Span<byte>((void*)function, jump.Length));
            _ = Protect(page, length, Read | Execute);
            IsInstalled = true;
        }
    }

    /// <summary>Takes a scalar instead of freeing it, and frees those that have been here for long enough.</summary>
    [UnmanagedCallersOnly]
    private static void Keep(nint scalar)
    {
        lock (Change)
        {
            if (Environment.TickCount64 - since >= Milliseconds)
            {
                // a number's scalar holds nothing but the number
                foreach (nint one in old) NativeMemory.Free((void*)one);
                old.Clear();
                (young, old) = (old, young);
                since = Environment.TickCount64;
            }
            if (scalar != 0) young.Add(scalar);
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);
}
