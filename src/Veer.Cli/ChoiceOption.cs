using System.CommandLine;

namespace Veer.Cli;

/// <summary>Options whose value is one of some names, which help, completions and faults tell.</summary>
internal static class ChoiceOption
{
    /// <summary>Refuses any other value in one line.</summary>
    public static void AcceptOneOf<T>(this Option<T> option, params string[] names)
    {
        option.CompletionSources.Add(names);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !names.Contains(token.Value, StringComparer.Ordinal)))
                result.AddError(CommandRunner.CommandLineFault(option.Name, $"'{token.Value}'", $"one of {string.Join(", ", names)}").Message);
        });
    }
}
