using Veer;
using Veer.Data;
using Veer.Guidance;
using Veer.Models;
using Veer.Sampling;
using static TorchSharp.torch;

// Train a denoiser on vectors of your own, guide it, and sample.

// two classes of points in the plane, each around a centre of its own: put your own arrays here
var labels = arange(2, ScalarType.Int64).repeat(1000);
var points = RandomKey.From(seed: 0, "points").Normal(0, 2000, [2]) * 0.25 + (labels * 2 - 1).unsqueeze(1);
var data = new LabeledData(points, labels, Classes: 2);

var options = new DenoiserOptions
{
    Network = new() { Width = 64, Layers = 2, FourierFeatures = 0 },
    Training = new() { Steps = 3000, BatchSize = 512, LearningRate = 2e-3 },
};
using var model = DenoiserTraining.Fit(data, options);

var guided = new ClassifierFreeGuidance(model, scale: 2);
var samples = new Ddim(50).Sample(guided, ones(500, ScalarType.Int64), seed: 7);

double right = samples.mean([1]).gt(0).to(ScalarType.Float32).mean().item<float>();
Console.WriteLine(FormattableString.Invariant($"on the side of their class: {right:p1}; mean {samples.mean().item<float>():f2}, data 1.00"));
