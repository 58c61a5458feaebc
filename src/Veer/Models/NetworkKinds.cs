using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Models;

/// <summary>
/// The networks that a model's folder can hold: the field of <c>config.json</c> that a network's shape stands under, and the type of that shape.
/// A network of your own is one more line: <c>NetworkKinds.Register&lt;MyOptions&gt;("my_network")</c>, at the start of the program. Safe on
/// several threads at once.
/// </summary>
public static class NetworkKinds
{
    private sealed record Kind(string Field, Type Options);

    private static readonly Lock Gate = new();

    // files hold these fields: none of them may change
    private static IReadOnlyList<Kind> kinds =
    [
        new("network", typeof(ResidualMlpOptions)), new("linear", typeof(LinearClassifierOptions)), new("unet", typeof(AdmUNetOptions)),
        new("song", typeof(SongUNetOptions)), new("encoder", typeof(AdmEncoderOptions)),
    ];

    private static JsonSerializerOptions json = Contract(kinds);

    /// <summary>How configurations are written: each kind's field is a property of its own.</summary>
    internal static JsonSerializerOptions Json => json;

    /// <summary>The fields, as "'network', 'linear' or 'unet'".</summary>
    internal static string Fields => string.Join(", ", kinds.SkipLast(1).Select(kind => $"'{kind.Field}'")) + $" or '{kinds[^1].Field}'";

    /// <summary>Makes a kind of network one that is saved and loaded.</summary>
    /// <typeparam name="TOptions">The shape: JSON must be able to write and read it.</typeparam>
    /// <param name="field">The field of <c>config.json</c> that it stands under, in snake_case; never change it once there are files.</param>
    /// <exception cref="ArgumentException">The field is taken, or the shape has another one.</exception>
    public static void Register<TOptions>(string field)
        where TOptions : class, INetworkOptions
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(field);
        lock (Gate)
        {
            var kind = new Kind(field, typeof(TOptions));
            if (kinds.Contains(kind)) return;
            if (kinds.Any(known => known.Options == kind.Options)) throw new ArgumentException($"{kind.Options.Name} has another field", nameof(field));
            if (Json.GetTypeInfo(typeof(ModelConfig)).Properties.Any(property => property.Name == field))
                throw new ArgumentException($"the field '{field}' of config.json is taken", nameof(field));
            kinds = [.. kinds, kind];
            json = Contract(kinds);
        }
    }

    /// <summary>The field that a shape stands under.</summary>
    /// <exception cref="ArgumentException">Its kind is not registered.</exception>
    internal static string FieldOf(INetworkOptions shape) => Find(shape)
        ?? throw new ArgumentException($"{shape.GetType().Name} is no registered kind of network: NetworkKinds.Register<{shape.GetType().Name}>(field)", nameof(shape));

    /// <summary>The field that a shape stands under; null where its kind is not registered.</summary>
    internal static string? Find(INetworkOptions shape) => kinds.FirstOrDefault(kind => kind.Options == shape.GetType())?.Field;

    private static JsonSerializerOptions Contract(IReadOnlyList<Kind> kinds) =>
        new(JsonPolicy.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { info => AddFields(info, kinds) } } };

    private static void AddFields(JsonTypeInfo info, IReadOnlyList<Kind> kinds)
    {
        if (info.Type != typeof(ModelConfig)) return;
        int at = 1; // after the kind of model
        foreach (var (field, options) in kinds)
        {
            // an ignored property keeps its name
            if (info.Properties.FirstOrDefault(known => known.Name == field) is { } ignored) info.Properties.Remove(ignored);
            var property = info.CreateJsonPropertyInfo(options, field);
            property.Get = config => ((ModelConfig)config).Network is { } shape && shape.GetType() == options ? shape : null;
            property.Set = (config, shape) => ((ModelConfig)config).Take((INetworkOptions?)shape);
            property.ShouldSerialize = (_, shape) => shape is not null;
            info.Properties.Insert(at++, property);
        }
    }
}
