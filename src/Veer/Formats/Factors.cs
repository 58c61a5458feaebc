using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Veer.Formats;

/// <summary>A list of whole numbers that is equal to another by its numbers and prints them, as the records that hold it do theirs.</summary>
[CollectionBuilder(typeof(Factors), nameof(From))]
[JsonConverter(typeof(Converter))]
public sealed class Factors : IReadOnlyList<int>, IEquatable<Factors>
{
    private readonly int[] values;

    private Factors(int[] values) => this.values = values;

    /// <inheritdoc cref="IReadOnlyCollection{T}.Count"/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public int this[int index] => values[index];

    /// <summary>The list of these numbers.</summary>
    public static Factors From(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => values.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Factors? other) => other is not null && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Factors);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int value in values) hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>The numbers, as "[1, 2]".</summary>
    public override string ToString() => $"[{string.Join(", ", values)}]";

    private sealed class Converter : JsonConverter<Factors>
    {
        public override Factors Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
            var values = new List<int>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(reader.GetInt32());
            return new([.. values]);
        }

        public override void Write(Utf8JsonWriter writer, Factors value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.values, options);
    }
}
