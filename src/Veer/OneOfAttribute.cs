using System.ComponentModel.DataAnnotations;

namespace Veer;

/// <summary>The value must be one of the names of a registry, which may grow; null is allowed.</summary>
/// <param name="names">The names, asked for at every check.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OneOfAttribute(Func<IEnumerable<string>> names) : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string name && names().Contains(name));

    /// <summary>What is allowed, to follow "expected".</summary>
    public override string FormatErrorMessage(string name) => $"one of {string.Join(", ", names())}";
}
