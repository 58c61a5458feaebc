using Veer;
using Veer.Data;
using Veer.Features;
using Veer.Images;
using Veer.Metrics;

// The Fréchet distance of two folders of images: FolderDistance SAMPLES REFERENCE

SkiaImages.Use();
try
{
    var (samples, reference) = (ImageData.Load(args[0]).Points, ImageData.Load(args[1]).Points);
    // "inception-torchscript" where its model is at hand ("inception" and "dinov2-vitl14" with the package Veer.Onnx): figures then compare with other people's
    using var space = FeatureSpaces.Named("pixels", samples.shape.AsSpan(1));
    var distance = FrechetDistance.Compute(space.Features(samples), space.Features(reference));
    Console.WriteLine(FormattableString.Invariant($"Fréchet distance in {space.Name}, {samples.shape[0]} to {reference.shape[0]} images: {distance.Value:g6}"));
    return 0;
}
catch (VeerException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}
