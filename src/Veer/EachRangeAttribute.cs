using System.ComponentModel.DataAnnotations;

namespace Veer;

/// <summary>Every number of a list must lie within bounds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachRangeAttribute(int minimum, int maximum)
    : ValidationAttribute("Each number of {0} must be between " + minimum + " and " + maximum + ".")
{
    /// <summary>The least.</summary>
    public int Minimum => minimum;

    /// <summary>The largest.</summary>
    public int Maximum => maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value switch
    {
        IEnumerable<int> numbers => numbers.All(number => number >= minimum && number <= maximum),
        IEnumerable<double> numbers => numbers.All(number => number >= minimum && number <= maximum),
        _ => true,
    };
}
