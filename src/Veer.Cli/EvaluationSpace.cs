using Veer.Data;
using Veer.Features;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary>Where images of any origin are compared, with what is computed kept for later calls.</summary>
internal static class EvaluationSpace
{
    /// <summary>Opens a space; null for vectors, which are compared as they are.</summary>
    /// <exception cref="InputException">There is no such space, or none is wanted.</exception>
    public static IFeatureSpace? Open(string? name, Samples real, Device device, CancellationToken cancellation)
    {
        if (!real.IsImages)
        {
            if (name is not null) throw CommandRunner.CommandLineFault("--features", name, "nothing: the samples are vectors, and compared as they are");
            return null;
        }
        long[] shape = real.Data.Points.shape[1..];
        string? known = DataFolders.Names.FirstOrDefault(set => real.Path == set || real.Path.StartsWith(set + ":", StringComparison.Ordinal));
        var space = name is null ? FeatureSpaces.Default(shape, known, device, cancellation) : FeatureSpaces.Named(name, shape, known, device, cancellation);
        return space is PixelSpace ? space : new CachedFeatures(space, Folder, CommandRunner.Say);
    }

    private static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "veer", "features");
}
