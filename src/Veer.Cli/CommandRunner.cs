using System.CommandLine;
using System.CommandLine.Parsing;

namespace Veer.Cli;

/// <summary>Runs a command line and turns every outcome into the exit code and the one line that scripts and people rely on.</summary>
internal static class CommandRunner
{
    public const int Done = 0, Failed = 1, BadInput = 2;

    /// <summary>Commands that make runs.</summary>
    private static readonly string[] Runs = [RunCommand.Name, PostprocessFitCommand.Name];

    /// <summary>What a stopped command says: only a run has checkpoints.</summary>
    private static string Stopped(Command command) => Runs.Contains(command.Name) ? "interrupted; started again, a run goes on from its last checkpoint" : "interrupted";

    public static async Task<int> Run(Command root, string[] arguments)
    {
        // opened while there is a handle left for it: what is wrong later is told there
        _ = Console.Error;
        // a path may begin with @
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // a command of commands, and none of these: which there are
        if (parsed is { CommandResult.Command: { Subcommands.Count: > 0, Action: null }, Errors.Count: 1, UnmatchedTokens.Count: 0 })
        {
            await root.Parse([.. arguments, "--help"]).InvokeAsync();
            return BadInput;
        }
        List<string> faults = [.. Empty(parsed.RootCommandResult)];
        if (faults.Count == 0) faults = [.. parsed.Errors.Select(error => error.Message)];
        if (faults.Count > 0)
        {
            Say(string.Join("; ", faults).ReplaceLineEndings(" "));
            return BadInput;
        }
        if (!HasFolder())
        {
            Say("the folder that this was started in is gone: change to one that is there");
            return Failed;
        }
        string stopped = Stopped(parsed.CommandResult.Command);
        using var signals = new Signals(stopped);
        try
        {
            // the command's own handler reports faults and signals: the library's would print a stack trace, and wait
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            Say(stopped);
            return signals.ExitCode;
        }
        catch (Exception fault)
        {
            return Report(fault);
        }
    }

    /// <summary>Whether there is a folder to work in: native libraries end the process where it was deleted.</summary>
    private static bool HasFolder()
    {
        try
        {
            return Directory.Exists(Environment.CurrentDirectory);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A line on standard error, if there is one. A name in it may hold what a terminal would obey.</summary>
    public static void Say(string line) => SayAll(Plain(line));

    /// <summary>A text without what a terminal would obey.</summary>
    public static string Plain(string text) => string.Concat(text.Select(one => char.IsControl(one) ? '\uFFFD' : one));

    /// <summary>The same of a text that may be of several lines.</summary>
    private static void SayAll(string text) => Write($"veer: {text}{Environment.NewLine}");

    /// <summary>A text on standard error, as it is, if there is one.</summary>
    public static void Write(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // standard error is closed: the exit code says it
        }
    }

    /// <summary>Options and arguments that are given without a value in them.</summary>
    private static IEnumerable<string> Empty(SymbolResult result)
    {
        if (result is CommandResult command) return command.Children.SelectMany(Empty);
        string? name = result switch { OptionResult option => option.Option.Name, ArgumentResult argument => argument.Argument.Name, _ => null };
        return result.Tokens.Where(token => string.IsNullOrWhiteSpace(token.Value)).Select(_ => CommandLineFault(name!, "an empty text", "a value").Message);
    }

    /// <summary>A value of the command line that cannot be used.</summary>
    public static InputException CommandLineFault(string name, string found, string expected) => new("command line", name, found, expected);

    private static int Report(Exception fault)
    {
        switch (fault)
        {
            case InputException { MissingDataSet: { } name }:
                Say($"{fault.Message}: veer data fetch {name}");
                return BadInput;
            case InputException { MissingExtractor: { } name }:
                Say($"{fault.Message}: veer features fetch {name}");
                return BadInput;
            case InputException:
                Say(fault.Message);
                return BadInput;
            case VeerException:
                Say(fault.Message);
                return Failed;
            case IOException or UnauthorizedAccessException:
                Say(fault.Message.ReplaceLineEndings(" "));
                return Failed;
            case DllNotFoundException or TypeInitializationException or OutOfMemoryException:
                Say($"{FirstLine(fault)}; 'veer doctor' may know more");
                return Failed;
            default:
                SayAll($"a fault of the program: {fault}");
                return Failed;
        }
    }

    private static string FirstLine(Exception fault) => (fault.InnerException ?? fault).Message.Split('\n')[0];
}
