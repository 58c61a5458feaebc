using System.Security.Cryptography;
using System.Text;
using Veer.Data;
using Veer.Formats;

namespace Veer.Features;

/// <summary>
/// A feature space that keeps what it computes in a folder: one safetensors file for every thousand images, named by the SHA-256 of their
/// bytes and of all that the features depend on. So nothing is computed twice, by this process or another, and what was computed before a
/// stop is not lost. A file that is torn, or holds anything else, is made anew.
/// </summary>
/// <param name="space">Computes the features; disposed of with this space.</param>
/// <param name="folder">Where they are kept; made where it is missing.</param>
/// <param name="warn">Told, in a line, of a file that cannot be written; the features are then only computed.</param>
public sealed class CachedFeatures(IFeatureSpace space, string folder, Action<string>? warn = null) : IFeatureSpace
{
    /// <summary>A file's images at most, in number and in bytes.</summary>
    private const long MostImages = 1000, MostBytes = 1 << 26;

    /// <summary>The way in which keys are made and features kept; another one finds no file of this one.</summary>
    private const string Version = "veer features 1";

    private const string Entry = "features", KeyEntry = "key";

    /// <inheritdoc/>
    public string Name => space.Name;

    /// <inheritdoc/>
    public string Fingerprint => space.Fingerprint;

    /// <inheritdoc/>
    public string Description => space.Description;

    /// <inheritdoc/>
    public string Resize => space.Resize;

    /// <inheritdoc/>
    public int Size => space.Size;

    /// <inheritdoc/>
    public string? For => space.For;

    /// <inheritdoc/>
    public long BatchSize => space.BatchSize;

    /// <inheritdoc/>
    public void Check(Tensor images) => space.Check(images);

    /// <inheritdoc/>
    public Tensor Extract(Tensor images) => space.Extract(images);

    /// <inheritdoc/>
    /// <returns>[N, D] float32 on the CPU.</returns>
    public Tensor Features(Tensor images, IProgress<double>? progress, CancellationToken cancellation)
    {
        // images that are none: the space itself says what they should be
        if (images.dim() != 4 || images.numel() == 0) return space.Features(images, progress, cancellation);
        ImageBatches.CheckFinite(images, Name);
        using var scope = NewDisposeScope();
        long count = images.shape[0], chunk = Math.Clamp(MostBytes / (images.numel() / count), 1, MostImages);
        var features = empty(count, Size);
        for (long first = 0; first < count; first += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            long rows = Math.Min(chunk, count - first), before = first;
            var bytes = ImageQuantization.ToBytes(images.narrow(0, first, rows)).cpu().contiguous();
            string key = Key(bytes), path = Path.Combine(folder, key + ".safetensors");
            features.narrow(0, first, rows).copy_(Read(path, key, rows) ?? Compute());
            progress?.Report((double)(first + rows) / count);

            Tensor Compute()
            {
                var part = new SynchronousProgress<double>(share => progress?.Report((before + share * rows) / count));
                var computed = space.Features(ImageQuantization.FromBytes(bytes), part, cancellation).cpu();
                Write(path, key, computed);
                return computed;
            }
        }
        return features.MoveToOuterDisposeScope();
    }

    /// <summary>Disposes of the space; the files stay.</summary>
    public void Dispose() => space.Dispose();

    private string Key(Tensor bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] lines = [Version, Name, Fingerprint, Description, $"[{string.Join(", ", bytes.shape)}]", ""];
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        hash.AppendData(bytes.bytes);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private Tensor? Read(string path, string key, long rows)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var (tensors, metadata) = Safetensors.Read(path);
            bool ours = metadata.GetValueOrDefault(KeyEntry) == key && tensors.TryGetValue(Entry, out var found)
                && found.dtype == ScalarType.Float32 && found.shape.SequenceEqual([rows, Size]);
            return ours ? tensors[Entry] : null;
        }
        catch (Exception fault) when (fault is InputException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Write(string path, string key, Tensor features)
    {
        var metadata = new Dictionary<string, string>
        {
            [KeyEntry] = key,
            ["extractor"] = Name,
            ["fingerprint"] = Fingerprint,
            ["description"] = Description,
        };
        try
        {
            Safetensors.Write(path, new Dictionary<string, Tensor> { [Entry] = features }, metadata);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            warn?.Invoke($"features of {Name} are not kept: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
