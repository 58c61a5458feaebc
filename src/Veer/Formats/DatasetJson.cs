using System.Text.Json;

namespace Veer.Formats;

/// <summary>The dataset.json of EDM's data sets: <c>{"labels": [[name, label], ...]}</c>, or null for images without labels.</summary>
internal static class DatasetJson
{
    /// <summary>The file's name beside the images.</summary>
    public const string Name = "dataset.json";

    private const string Labels = "labels", Expected = "[[name, label], ...] with labels 0, 1, ... , or null";

    /// <summary>Whether a file is one that lies in a folder.</summary>
    public static bool IsBelow(string file) => file.EndsWith("/" + Name, StringComparison.Ordinal);

    /// <summary>The error for one from which not all images can be seen.</summary>
    public static InputException Misplaced(string path, string file) =>
        new(path, file, "labels below the root, and images beside their folder", $"one {Name} at the root, or all images in its folder");

    /// <summary>The labels of images, in their order.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="path">The data set, for errors.</param>
    /// <param name="images">The images' names.</param>
    /// <param name="cancellation">Stops between labels.</param>
    /// <returns>A label for each image, or null where the data set has none.</returns>
    /// <exception cref="InputException">Broken JSON, a label that is none, or names that are not the images'.</exception>
    public static int[]? Read(byte[] json, string path, IReadOnlyList<string> images, CancellationToken cancellation = default)
    {
        var place = new InputPlace(path, Name);
        return JsonInput.Parse(json, place, $"{{\"labels\": {Expected}}}", root =>
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(Labels, out var labels))
                throw place.Fault("no key \"labels\"", $"{{\"labels\": {Expected}}}");
            if (labels.ValueKind == JsonValueKind.Null) return null;
            if (labels.ValueKind != JsonValueKind.Array) throw place.Fault($"labels of kind {labels.ValueKind}", Expected);
            return InOrder(labels, images, place, cancellation);
        });
    }

    /// <summary>The file's text for images and their labels; null where they have none.</summary>
    public static byte[] ToBytes(IReadOnlyList<string> images, IReadOnlyList<long>? labels) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?> { [Labels] = labels?.Select((label, i) => new object[] { images[i], label }) });

    private static int[] InOrder(JsonElement labels, IReadOnlyList<string> images, InputPlace place, CancellationToken cancellation)
    {
        var rows = new Dictionary<string, int>(images.Count, StringComparer.Ordinal);
        for (int i = 0; i < images.Count; i++) rows.Add(images[i], i);
        var found = new int[images.Count];
        Array.Fill(found, -1);
        foreach (var pair in labels.EnumerateArray())
        {
            cancellation.ThrowIfCancellationRequested();
            var (name, label) = Parse(pair, place);
            if (!rows.TryGetValue(name, out int row)) throw place.Fault($"a label for {name}", "names of images that are there");
            if (found[row] >= 0) throw place.Fault($"two labels for {name}", "one for each image");
            found[row] = label;
        }
        int without = Array.IndexOf(found, -1);
        return without < 0 ? found : throw place.Fault($"no label for {images[without]}", "one for each image");
    }

    private static (string Name, int Label) Parse(JsonElement pair, InputPlace place)
    {
        if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int label) && label is >= 0 and <= ClassLabel.Largest)
        {
            return (EntryName.Plain(pair[0].GetString()!), label);
        }
        const int Most = 80;
        string text = pair.GetRawText().ReplaceLineEndings(" ");
        throw place.Fault($"the entry {(text.Length > Most ? text[..Most] + "..." : text)}", Expected);
    }
}
