using System.IO.Hashing;
using System.Text;

namespace Veer.Formats;

/// <summary>XXH128 of files and of tensors: it knows again what a disk, or a hand, has changed since. As fast as they are read, and no seal against forgery.</summary>
internal static class Checksum
{
    /// <summary>Of a file's bytes.</summary>
    public static string Of(string path)
    {
        var hash = new XxHash128();
        using var file = File.OpenRead(path);
        hash.Append(file);
        return Text(hash);
    }

    /// <summary>Of names and values; shapes and types are a file's own to check.</summary>
    public static string Of(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var hash = new XxHash128();
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using var one = NewDisposeScope();
            hash.Append(Encoding.UTF8.GetBytes(name));
            foreach (var part in TensorBytes.InOrder(tensor)) hash.Append(part.bytes);
        }
        return Text(hash);
    }

    private static string Text(XxHash128 hash) => Convert.ToHexStringLower(hash.GetCurrentHash());
}
