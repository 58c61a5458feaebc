using System.Text;
using Veer.ClosedForm;
using Veer.Features;
using Veer.Formats;

namespace Veer.Metrics;

/// <summary>
/// Moments of features on disk: the .npz of pytorch-fid and EDM, `mu` [D] and `sigma` [D, D] in float64. Ours also say what they rest on:
/// `count`, and the extractor's name, SHA-256 and description as arrays of UTF-8 bytes, which other readers pass over.
/// </summary>
public static class FrechetStatistics
{
    private const string Mean = "mu", Covariance = "sigma", Count = "count";
    private const string Extractor = "extractor", Fingerprint = "extractor_sha256", Description = "extractor_description";

    /// <summary>Features of larger numbers have squares, and covariances products, that are no numbers any more.</summary>
    private const double Largest = 1e15;

    private static readonly string[] Known = [Mean, Covariance, Count, Extractor, Fingerprint, Description, "mu_s", "sigma_s"];

    /// <summary>Writes moments, atomically. Equal moments give equal bytes.</summary>
    /// <param name="path">The .npz file to make or replace.</param>
    /// <param name="moments">Moments of features.</param>
    /// <param name="space">The space that the features are of.</param>
    /// <exception cref="ArgumentException">The moments are of another size than the space's features.</exception>
    public static void Write(string path, FeatureMoments moments, IFeatureSpace space)
    {
        if (moments.Size != space.Size)
            throw new ArgumentException($"moments of {moments.Size} features for the {space.Size} of {space.Name}", nameof(moments));
        using var scope = NewDisposeScope();
        var arrays = new Dictionary<string, Tensor>
        {
            [Mean] = moments.Mean.to(ScalarType.Float64),
            [Covariance] = moments.Covariance.to(ScalarType.Float64),
            [Extractor] = Bytes(space.Name),
            [Fingerprint] = Bytes(space.Fingerprint),
            [Description] = Bytes(space.Description),
        };
        if (moments.Count is { } count) arrays[Count] = tensor(count);
        Npz.Write(path, arrays);
    }

    /// <summary>
    /// Whether a file is an .npz that holds `mu` and `sigma` and, beside what is ours and the spatial moments of others, nothing: with an array
    /// more it is one of samples, to which some programs add their moments.
    /// </summary>
    /// <param name="path">Any path; a folder, or nothing at all, is none.</param>
    /// <exception cref="InputException">It is called .npz and is no whole zip.</exception>
    public static bool IsOne(string path)
    {
        if (!path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) || !File.Exists(path)) return false;
        using var file = NpzFile.Open(path);
        return file.Contains(Mean) && file.Contains(Covariance) && file.Names.All(Known.Contains);
    }

    /// <summary>Reads moments of a space's features.</summary>
    /// <param name="path">The .npz file.</param>
    /// <param name="space">The space in which they are compared.</param>
    /// <param name="extractor">
    /// The <see cref="IFeatureSpace.Name"/> of the extractor behind a file that does not name it itself, as those of other programs do not.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The moments on the CPU; their count is null where the file does not tell.</returns>
    /// <exception cref="InputException">
    /// There is no such file, it holds no moments, or they are of another extractor or of an unnamed one. A matrix that is not symmetric, or
    /// has an eigenvalue below zero, is no covariance.
    /// </exception>
    public static FeatureMoments Read(string path, IFeatureSpace space, string? extractor = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var file = NpzFile.Open(path, cancellation);
        CheckExtractor(file, space, extractor);
        var mean = Wide(file, Mean, [space.Size], Largest);
        var covariance = Wide(file, Covariance, [space.Size, space.Size], Largest * Largest);
        Covariances.Check(covariance, new(path, Covariance));
        long? count = file.Contains(Count) ? Scalar(file) : null;
        return new(mean.MoveToOuterDisposeScope(), covariance.MoveToOuterDisposeScope(), count);
    }

    private static void CheckExtractor(NpzFile file, IFeatureSpace space, string? extractor)
    {
        if (!file.Contains(Extractor))
        {
            if (extractor is null)
                throw new InputException(file.Path, Extractor, "no name in it", "to be told which extractor the statistics are of");
            Same(Extractor, extractor, space.Name);
            return;
        }
        Same(Extractor, Text(file, Extractor), space.Name);
        Same(Fingerprint, Text(file, Fingerprint), space.Fingerprint);
        Same(Description, Text(file, Description), space.Description);

        void Same(string field, string found, string expected)
        {
            if (found == expected) return;
            throw new InputException(
                file.Path, field, $"'{found}'", $"'{expected}': statistics of one extractor say nothing of another's features");
        }
    }

    private static Tensor Wide(NpzFile file, string name, long[] shape, double largest)
    {
        var array = file.Read(name);
        if (!array.is_floating_point() || !array.shape.SequenceEqual(shape))
            throw new InputException(file.Path, name, ElementType.Describe(array), $"[{string.Join(", ", shape)}] float64");
        if (!array.isfinite().all().item<bool>()) throw new InputException(file.Path, name, "a value that is not finite", "finite numbers");
        var wide = array.to(ScalarType.Float64);
        double most = wide.abs().max().item<double>();
        return most <= largest ? wide
            : throw new InputException(file.Path, name, FormattableString.Invariant($"{most:g3} as the largest number"), FormattableString.Invariant($"at most {largest:g1}: distances from larger ones are not finite"));
    }

    private static long Scalar(NpzFile file)
    {
        var array = file.Read(Count);
        const string Expected = "one int64 of at least 2";
        if (array.numel() != 1 || array.dtype != ScalarType.Int64) throw new InputException(file.Path, Count, ElementType.Describe(array), Expected);
        long count = array.item<long>();
        return count >= 2 ? count : throw new InputException(file.Path, Count, $"{count}", Expected);
    }

    private static string Text(NpzFile file, string name)
    {
        var array = file.Read(name);
        if (array.dim() != 1 || array.dtype != ScalarType.Byte)
            throw new InputException(file.Path, name, ElementType.Describe(array), "UTF-8 bytes as uint8");
        return array.numel() == 0 ? "" : Encoding.UTF8.GetString(array.bytes);
    }

    private static Tensor Bytes(string text) => tensor(Encoding.UTF8.GetBytes(text), ScalarType.Byte);
}
