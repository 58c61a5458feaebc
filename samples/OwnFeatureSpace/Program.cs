using Veer;
using Veer.Features;
using Veer.Metrics;
using static TorchSharp.torch;

// Measure images in a feature space of your own.

// two sets of images in [-1, 1], the second one brighter: put your own here
var first = RandomKey.From(seed: 0, "first").Normal(0, 3000, [3, 8, 8]) * 0.3;
var second = RandomKey.From(seed: 0, "second").Normal(0, 3000, [3, 8, 8]) * 0.3 + 0.2;

using var space = new MeanColor();
var distance = FrechetDistance.Compute(space.Features(first.clamp(-1, 1)), space.Features(second.clamp(-1, 1)));
Console.WriteLine(FormattableString.Invariant($"Fréchet distance in {space.Name}: {distance.Value:f3}"));

/// <summary>An image's mean in each channel. Images come checked, quantised to bytes, and a batch at a time.</summary>
internal sealed class MeanColor : IFeatureSpace
{
    public string Name => "mean-colour";

    public string Fingerprint => "none";

    public int Size => 3;

    public Tensor Extract(Tensor images) => images.mean([2, 3]);

    public void Dispose()
    {
    }
}
