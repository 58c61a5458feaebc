using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The weights that all sides begin with, in the order in which Veer's network has them: networks of other sides have the same.</summary>
internal static class Weights
{
    private const string Name = "weights";

    /// <param name="folder">Where to.</param>
    /// <param name="network">Whose.</param>
    /// <param name="spread">Standard deviation of what is added to them: layers that start at zero would hide what lies before them.</param>
    public static void Write(string folder, nn.Module network, double spread = 0)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var flat = cat([.. network.parameters().Select(weight => weight.flatten())]);
        Arrays.Write(folder, Name, flat + Arrays.Normal(Name, flat.shape[0], 1).flatten() * spread);
    }

    public static T Read<T>(string folder, T network)
        where T : nn.Module
    {
        using var quiet = no_grad();
        using var flat = Arrays.Read(folder, Name);
        long at = 0;
        foreach (var weight in network.parameters())
        {
            weight.copy_(flat.narrow(0, at, weight.numel()).reshape(weight.shape));
            at += weight.numel();
        }
        return at == flat.shape[0] ? network : throw new InvalidOperationException($"{at} weights, not {flat.shape[0]}");
    }
}
