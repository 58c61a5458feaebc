using SkiaSharp;
using Veer.Data;
using Veer.Formats;

namespace Veer.Images;

/// <summary>
/// A picture of many small ones: ten columns, and a row for each class with its first images; without labels, ten rows in the images'
/// order. Small images are magnified by whole numbers, large ones made smaller.
/// </summary>
/// <param name="shape">The shape of every image.</param>
/// <param name="classes">Number of classes, each of which gets a row; null for images without labels.</param>
public sealed class ContactSheet(ImageShape shape, int? classes)
{
    /// <summary>Images in a row.</summary>
    public const int Columns = 10;

    /// <summary>The most rows of a sheet: further classes are left out.</summary>
    public const int MostRows = 50;

    // pixels: a tile's longer side, and between tiles
    private const int LeastSide = 56, MostSide = 128, Gap = 2;

    private static readonly SKColor Background = new(0xD8, 0xDC, 0xE0);

    private readonly bool byClass = classes is not null;
    private readonly List<byte[]>[] rows = [.. Enumerable.Range(0, Math.Min(classes ?? Columns, MostRows)).Select(_ => new List<byte[]>(Columns))];

    /// <summary>Takes those images of a batch for which there is still a place.</summary>
    public void Add(ImageBatch batch)
    {
        if (batch.Shape != shape) throw new ArgumentException($"images of {batch.Shape}, expected {shape}", nameof(batch));
        for (int i = 0; i < batch.Count; i++)
        {
            int row = byClass ? batch.Labels[i] : Array.FindIndex(rows, tiles => tiles.Count < Columns);
            if (row >= 0 && row < rows.Length && rows[row].Count < Columns) rows[row].Add(batch.Image(i).ToArray());
        }
    }

    /// <summary>Writes the sheet as a PNG, atomically.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Encode().Png));

    /// <summary>The sheet as a PNG, with its width and height in pixels.</summary>
    public (byte[] Png, int Width, int Height) Encode()
    {
        var (width, height) = Tile();
        var filled = byClass ? rows : [.. rows.Where(tiles => tiles.Count > 0)];
        var info = new SKImageInfo(
            Gap + Columns * (width + Gap), Gap + Math.Max(1, filled.Length) * (height + Gap), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(Background);
        var sampling = width >= shape.Width ? new SKSamplingOptions(SKFilterMode.Nearest) : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        for (int row = 0; row < filled.Length; row++)
        {
            for (int column = 0; column < filled[row].Count; column++)
            {
                using var image = SkiaPixels.ToImage(shape, filled[row][column]);
                surface.Canvas.DrawImage(image, SKRect.Create(Gap + column * (width + Gap), Gap + row * (height + Gap), width, height), sampling);
            }
        }
        using var picture = surface.Snapshot();
        using var png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return (png.ToArray(), info.Width, info.Height);
    }

    private (int Width, int Height) Tile()
    {
        int side = Math.Max(shape.Width, shape.Height);
        if (side < LeastSide)
        {
            int times = (LeastSide + side - 1) / side;
            return (times * shape.Width, times * shape.Height);
        }
        double share = Math.Min(1, MostSide / (double)side);
        return (Math.Max(1, (int)Math.Round(share * shape.Width)), Math.Max(1, (int)Math.Round(share * shape.Height)));
    }
}
