using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Veer.Cli;

/// <summary>Options that are numbers, written alike everywhere: a point before decimals, no separators, finite, in a range that help and faults name.</summary>
internal static class NumberOption
{
    /// <summary>A whole number.</summary>
    public static Option<long> Whole(string name, string description, long least, long most, long? usual = null) =>
        Of(name, description, $"a whole number from {least} to {most}", NumberStyles.AllowLeadingSign, least, most, usual);

    /// <summary>Any finite number within a range.</summary>
    public static Option<double> Real(string name, string description, double least, double most, double usual) =>
        Of(name, description, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), NumberStyles.Float, least, most, usual);

    /// <summary>A whole number that need not be given.</summary>
    public static Option<long?> WholeOrNone(string name, string description, long least, long most) =>
        OrNone(name, description, $"a whole number from {least} to {most}", NumberStyles.AllowLeadingSign, least, most);

    /// <summary>Any finite number within a range, which need not be given.</summary>
    public static Option<double?> RealOrNone(string name, string description, double least, double most) =>
        OrNone(name, description, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), NumberStyles.Float, least, most);

    private static Option<T> Of<T>(string name, string description, string expected, NumberStyles styles, T least, T most, T? usual)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name)
        {
            Description = description,
            Required = usual is null,
            CustomParser = result => Parse(result, name, expected, styles, least, most) ?? default,
        };
        if (usual is { } value) option.DefaultValueFactory = _ => value;
        return option;
    }

    private static Option<T?> OrNone<T>(string name, string description, string expected, NumberStyles styles, T least, T most)
        where T : struct, INumber<T> =>
        new(name) { Description = description, CustomParser = result => Parse(result, name, expected, styles, least, most) };

    private static T? Parse<T>(ArgumentResult result, string name, string expected, NumberStyles styles, T least, T most)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError(CommandRunner.CommandLineFault(name, $"'{text}'", expected).Message);
        return null;
    }
}
