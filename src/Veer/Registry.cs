using System.Collections;
using System.Collections.Immutable;

namespace Veer;

/// <summary>A kind of something that is chosen by its name: a guidance, a sampler, a metric. Each kind is registered once, in its registry.</summary>
/// <typeparam name="TSelf">The kind itself.</typeparam>
public interface IRegistered<TSelf>
    where TSelf : class, IRegistered<TSelf>
{
    /// <summary>All kinds that there are.</summary>
    static abstract Registry<TSelf> All { get; }

    /// <summary>What settings and commands call it: small letters, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>What people read.</summary>
    string Title { get; }
}

/// <summary>Kinds by name, in the order of their registration. May be read on several threads at once; kinds are added before they are asked for.</summary>
/// <param name="what">What the kinds are, for errors: "guidance", say.</param>
/// <param name="kinds">Those that there are from the start.</param>
public sealed class Registry<T>(string what, params IEnumerable<T> kinds) : IReadOnlyCollection<T>
    where T : class, IRegistered<T>
{
    private ImmutableArray<T> all = [.. kinds];

    /// <inheritdoc/>
    public int Count => all.Length;

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => all.Select(kind => kind.Name);

    /// <summary>The kind of a name.</summary>
    /// <exception cref="InputException">There is none of this name.</exception>
    public T Named(string name) =>
        Find(name) ?? throw new InputException($"{what}: found '{name}', expected one of {string.Join(", ", Names)}");

    /// <summary>The kind of a name; null where there is none.</summary>
    public T? Find(string name) => all.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Registers a kind of one's own.</summary>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public void Add(T kind)
    {
        if (!ImmutableInterlocked.Update(ref all, (known, added) => known.Any(other => other.Name == added.Name) ? known : known.Add(added), kind))
            throw new ArgumentException($"there is a {what} '{kind.Name}' already", nameof(kind));
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => all.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
