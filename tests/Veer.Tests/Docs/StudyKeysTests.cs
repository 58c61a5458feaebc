using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Veer.Formats;
using Veer.Networks;
using Veer.Studies.Settings;
using Xunit;

namespace Veer.Tests.Docs;

/// <summary>
/// Every key of a study stands in docs/studies.md, as its type and documentation say it. Names of registries do not: a guidance more is no change
/// of the page. VEER_WRITE_HELP=1 writes the tables anew; the words above them are its own.
/// </summary>
public sealed class StudyKeysTests
{
    private static readonly ILookup<string, XElement> Members = new[] { "Veer.xml", "Veer.Studies.xml" }
        .SelectMany(file => XDocument.Load(Path.Combine(AppContext.BaseDirectory, file)).Descendants("member")).ToLookup(member => member.Attribute("name")!.Value);

    [Fact]
    public async Task The_keys_of_a_study_are_the_documented_ones()
    {
        string page = Path.Combine(Repository.Root, "docs", "studies.md");
        var sections = new List<(Type Type, List<string> Paths)>();
        Collect(typeof(StudySettings), "", sections);
        var keys = sections.SelectMany(section => SettingsBinder.KeysOf(section.Type)).ToHashSet();
        string written = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        var text = new StringBuilder(written[..written.IndexOf("\n## ", StringComparison.Ordinal)]);
        foreach (var (type, paths) in sections)
        {
            string title = paths is [""] ? "The file" : string.Join(", ", paths.Select(path => $"`{path}`"));
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{Summary($"T:{type.FullName}", keys)}\n\n| key | default | allowed | meaning |\n|---|---|---|---|\n");
            object usual = Activator.CreateInstance(type)!;
            foreach (var property in Properties(type))
            {
                string key = SingularOf(property) is { } singular ? $"{singular}`, `{Key(property)}" : Key(property);
                string meaning = Summary($"P:{property.DeclaringType!.FullName}.{property.Name}", keys);
                text.Append(CultureInfo.InvariantCulture, $"| `{key}` | {Default(property, usual)} | {Allowed(property)} | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }
        if (Environment.GetEnvironmentVariable("VEER_WRITE_HELP") == "1") await File.WriteAllTextAsync(page, text.ToString(), TestContext.Current.CancellationToken);
        else Assert.Equal(written, text.ToString());
    }

    /// <summary>A type that stands in several places has one section.</summary>
    private static void Collect(Type type, string path, List<(Type Type, List<string> Paths)> sections)
    {
        if (sections.Find(section => section.Type == type).Paths is { } paths) paths.Add(path);
        else sections.Add((type, [path]));
        foreach (var property in Properties(type).Where(property => Settings(property.PropertyType) is not null))
            Collect(Settings(property.PropertyType)!, $"{path}.{SingularOf(property) ?? Key(property)}".TrimStart('.'), sections);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().Where(property => SettingsBinder.KeysOf(type).Contains(Key(property)));
    private static string Key(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
    private static string? SingularOf(PropertyInfo property) => IsNamed(property.PropertyType) ? Variants.Singulars.FirstOrDefault(name => name + "s" == Key(property)) : null;
    private static bool IsNamed(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    /// <summary>The settings that a mapping, or each of a mapping of names, holds.</summary>
    private static Type? Settings(Type type) => IsNamed(type) ? Settings(type.GetGenericArguments()[1])
        : type.IsClass && type != typeof(string) && !type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? type : null;

    private static string Default(PropertyInfo property, object usual)
    {
        // the attribute's type is in ScottPlot too
        if (property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute")) return "required";
        if (property.GetValue(usual) is not { } value) return "none";
        var node = JsonSerializer.SerializeToNode(value, property.PropertyType, JsonPolicy.Options)!;
        if (Settings(property.PropertyType) is { } inner)
        {
            var plain = JsonSerializer.SerializeToNode(Activator.CreateInstance(inner), inner, JsonPolicy.Options)!.AsObject();
            foreach (var given in IsNamed(property.PropertyType) ? node.AsObject().Select(entry => entry.Value!.AsObject()) : [node.AsObject()])
                foreach (var usually in plain.Where(entry => JsonNode.DeepEquals(entry.Value, given[entry.Key]))) given.Remove(usually.Key);
        }
        var yaml = new StringBuilder(node.ToJsonString()).Replace("\"\"", "''").Replace("\"", "").Replace(":", ": ").Replace(",", ", ");
        return $"`{yaml}`";
    }

    private static string Allowed(PropertyInfo property)
    {
        var words = property.GetCustomAttributes<ValidationAttribute>().Select(rule => rule switch
        {
            RangeAttribute { Maximum: int.MaxValue } range => string.Create(CultureInfo.InvariantCulture, $"at least {range.Minimum}"),
            RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
            AllowedValuesAttribute values => string.Join(", ", values.Values.Select(value => $"`{value}`")),
            INamesAllowed => "a name that `veer list` shows",
            EachRangeAttribute each => string.Create(CultureInfo.InvariantCulture, $"each {each.Minimum} to {each.Maximum}"),
            MultipleOfAttribute multiple => string.Create(CultureInfo.InvariantCulture, $"a multiple of {multiple.Divisor}"),
            MinLengthAttribute length => string.Create(CultureInfo.InvariantCulture, $"at least {length.Length} of them"),
            _ => throw new NotSupportedException($"The page has no words for {rule.GetType().Name}."),
        });
        return string.Join(", ", property.GetCustomAttributes().Any(rule => rule is AllowedValuesAttribute or INamesAllowed) ? words : words.Prepend(Kind(property.PropertyType)));
    }

    private static string Kind(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Kind(inner)
        : type == typeof(int) ? "whole number" : type == typeof(double) ? "number" : type == typeof(bool) ? "`true`, `false`"
        : type == typeof(string) ? "text" : IsNamed(type) ? $"names, each with a {Kind(type.GetGenericArguments()[1])}" : Settings(type) is not null ? "mapping"
        : type.IsAssignableTo(typeof(IEnumerable<string>)) ? "list of texts" : type.IsAssignableTo(typeof(IEnumerable<int>)) ? "list of whole numbers" : "list of numbers";

    /// <summary>What the documentation says of a member, as Markdown; a setting is called by its key.</summary>
    private static string Summary(string member, HashSet<string> keys)
    {
        string text = string.Concat(Members[member].Single().Element("summary")!.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => $"`{Name(see.Attribute("cref")!.Value.Split('.'))}`",
            XElement element => $"`{element.Value}`",
            _ => $"{node}",
        }));
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        // a property of something else means little without its owner
        string Name(string[] parts) => parts[0][0] != 'P' ? parts[^1]
            : JsonNamingPolicy.SnakeCaseLower.ConvertName(parts[^1]) is { } key && keys.Contains(key) ? key : $"{parts[^2]}.{parts[^1]}";
    }
}
