using System.Runtime.CompilerServices;
using Veer.Images;
using Veer.Onnx;
using Veer.Runtime;

namespace Veer.Tests;

/// <summary>What a program does first, as the command does; not in a process that tests what a library's host finds.</summary>
internal static class TestSetup
{
    /// <summary>The environment variable that leaves it out.</summary>
    public const string HostVariable = "VEER_TESTS_HOST";

#pragma warning disable CA2255 // the tests are a program
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        if (Environment.GetEnvironmentVariable(HostVariable) is not null) return;
        VeerRuntime.Tune();
        SkiaImages.Use();
        OnnxModels.Use();
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
