using Veer.Data;

namespace Veer.Features;

/// <summary>Brings quantised images into the form that a model was trained on.</summary>
/// <param name="description">That form.</param>
/// <param name="extractor">The extractor's name, for errors.</param>
internal sealed class ModelInput(ExtractorDescription description, string extractor)
{
    /// <summary>Side of the image on which a model that takes any size is tried.</summary>
    private const int AnySide = 64;

    private readonly float[]? mean = Values(description.Mean), deviation = Values(description.Std);

    /// <summary>What is said of the resizing in results.</summary>
    public string Resize => Side is { } side && Kernel is not null ? $"{description.Resize}, antialiased, to {side} x {side}" : "none";

    private int? Side => description.InputSize;

    private InterpolationMode? Kernel => description.Resize switch
    {
        "bicubic" => InterpolationMode.Bicubic,
        "bilinear" => InterpolationMode.Bilinear,
        _ => null,
    };

    /// <summary>A black image of the size that the model takes: [1, channels, H, W] in [-1, 1].</summary>
    public Tensor Blank() => full([1, description.Channels, Side ?? AnySide, Side ?? AnySide], -1f);

    /// <summary>Refuses images that the model cannot see; what else images must be is checked by <see cref="ImageBatches"/>.</summary>
    public void Check(Tensor images)
    {
        long[] shape = images.shape;
        bool sized = shape.Length == 4 && (Kernel is not null || Side is not { } side || (shape[2] == side && shape[3] == side));
        if (sized && shape[0] > 0 && (shape[1] == 1 || shape[1] == description.Channels)) return;
        string channels = description.Channels == 1 ? "1" : "1 or 3";
        string sides = Kernel is null && Side is { } only ? $"{only}, {only}" : "H, W";
        throw new InputException(extractor, "images", $"[{string.Join(", ", shape)}]", $"[N, {channels}, {sides}], N at least 1");
    }

    /// <summary>The model's input.</summary>
    /// <param name="images">[B, 1 or channels, H, W] float32 in [-1, 1].</param>
    /// <returns>[B, channels, S, S] float32, or uint8 where the range says so; contiguous.</returns>
    public Tensor Prepare(Tensor images)
    {
        using var scope = NewDisposeScope();
        var pixels = images.shape[1] == description.Channels ? images : images.expand(-1, description.Channels, -1, -1);
        if (Kernel is { } kernel && Side is { } side)
        {
            // antialiased: shrinking widens the kernel, as in PIL; values between bytes and beyond them are kept
            pixels = nn.functional.interpolate(pixels, size: [side, side], mode: kernel, align_corners: false, antialias: true);
        }
        pixels = description.Range switch
        {
            "uint8" => ImageQuantization.ToBytes(pixels),
            "unit" => (pixels + 1) / 2,
            _ => pixels,
        };
        if (mean is not null) pixels = pixels - PerChannel(mean, pixels);
        if (deviation is not null) pixels = pixels / PerChannel(deviation, pixels);
        return pixels.contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor PerChannel(float[] values, Tensor pixels) => tensor(values, device: pixels.device).view(1, -1, 1, 1);

    private static float[]? Values(IReadOnlyList<double>? values) => values is null ? null : [.. values.Select(value => (float)value)];
}
