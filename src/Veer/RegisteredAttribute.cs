using System.ComponentModel.DataAnnotations;

namespace Veer;

/// <summary>Names that a text may have.</summary>
public interface INamesAllowed
{
    /// <summary>The names.</summary>
    IEnumerable<string> Names { get; }
}

/// <summary>A text that must be the name of a registered kind; null is none.</summary>
/// <typeparam name="T">What the kinds are.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RegisteredAttribute<T> : ValidationAttribute, INamesAllowed
    where T : class, IRegistered<T>
{
    /// <inheritdoc/>
    public IEnumerable<string> Names => T.All.Names;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string name && T.All.Find(name) is not null);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be one of {string.Join(", ", Names)}";
}
