using System.Runtime.CompilerServices;
using Veer.Runtime;

namespace Veer.Tests;

/// <summary>What a program does first, as the command does.</summary>
internal static class TestSetup
{
#pragma warning disable CA2255 // the tests are a program
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        try
        {
            NativeLibraries.EnsureLoaded();
        }
        catch (InputException)
        {
            // the test that asks for such libraries is told again
        }
    }
}
