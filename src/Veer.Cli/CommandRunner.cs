using System.CommandLine;

namespace Veer.Cli;

/// <summary>Runs a command line and turns every outcome into the exit code and the one line that scripts and people rely on.</summary>
internal static class CommandRunner
{
    public const int Done = 0, Failed = 1, BadInput = 2, Interrupted = 130;

    public static async Task<int> Run(Command root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"veer: {string.Join("; ", parsed.Errors.Select(error => error.Message))}");
            return BadInput;
        }
        try
        {
            // the command's own handler reports faults: the library's would print a stack trace
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(5) });
        }
        catch (Exception fault)
        {
            return Report(fault);
        }
    }

    private static int Report(Exception fault)
    {
        switch (fault)
        {
            case OperationCanceledException:
                Console.Error.WriteLine("veer: interrupted; the same command goes on from the last checkpoint");
                return Interrupted;
            case InputException:
                Console.Error.WriteLine($"veer: {fault.Message}");
                return BadInput;
            case IOException or UnauthorizedAccessException:
                Console.Error.WriteLine($"veer: {fault.Message}");
                return Failed;
            case InvalidOperationException or DllNotFoundException or TypeInitializationException:
                Console.Error.WriteLine($"veer: {FirstLine(fault)}; 'veer doctor' may know more");
                return Failed;
            default:
                Console.Error.WriteLine($"veer: a fault of the program: {fault}");
                return Failed;
        }
    }

    private static string FirstLine(Exception fault) => (fault.InnerException ?? fault).Message.Split('\n')[0];
}
