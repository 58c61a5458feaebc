using System.CommandLine;

namespace Veer.Cli;

/// <summary>Options of every command that calculates.</summary>
internal static class ComputeOptions
{
    public static Option<long> Seed() => NumberOption.Whole("--seed", "Seed of every draw.", long.MinValue, long.MaxValue, usual: 0);

    public static Option<string> Device() => OneOf("--device", "Where networks run.", "auto", "cpu", "cuda");

    public static Option<string> Precision() => OneOf("--precision", "Arithmetic of the networks.", "auto", "bf16", "fp32");

    /// <summary>An option of a few values, the first of them where nothing is said.</summary>
    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
