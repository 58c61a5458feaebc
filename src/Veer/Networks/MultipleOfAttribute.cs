using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>A whole number must be a multiple of another.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultipleOfAttribute(int divisor) : ValidationAttribute("The field {0} must be a multiple of " + divisor + ".")
{
    /// <summary>What it must be a multiple of.</summary>
    public int Divisor => divisor;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not int number || number % divisor == 0;
}
