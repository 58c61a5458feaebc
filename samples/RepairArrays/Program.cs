using Veer;
using Veer.Metrics;
using Veer.Postprocessing;
using static TorchSharp.torch;

// Repair samples of any generator in memory: two arrays in, better samples out.

// real points on a ring, and a generator whose ring is too wide and blurred: put your own arrays here
Tensor Ring(string name, double radius, double blur)
{
    var angle = RandomKey.From(seed: 0, name).Normal(0, 2000, [1]) * 10;
    return cat([angle.cos(), angle.sin()], 1) * radius + RandomKey.From(seed: 1, name).Normal(0, 2000, [2]) * blur;
}

var (real, heldOut, samples) = (Ring("real", 1, 0.02), Ring("held out", 1, 0.02), Ring("generated", 1.2, 0.1));

// holds points out, chooses how to train, and follows the flow only as far as helps beyond doubt
using var repair = Repair.Fit(samples, real);
var better = repair.Apply(samples);

double before = SlicedWasserstein.Distance(samples, heldOut), after = SlicedWasserstein.Distance(better, heldOut);
Console.WriteLine(FormattableString.Invariant($"sliced Wasserstein distance to held-out points: {before:f3} before, {after:f3} after"));
repair.Save("repaired-arrays");     // Repair.Load, or `veer postprocess apply --model repaired-arrays`, goes on from there
