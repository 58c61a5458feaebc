using System.Collections.Concurrent;
using SkiaSharp;
using Veer.Studies.Reporting.Drawing;

namespace Veer.Studies.Reporting.Files;

/// <summary>A figure's files.</summary>
/// <param name="Png">Pixels, without loss.</param>
/// <param name="Svg">Vectors.</param>
internal sealed record FigureFiles(byte[] Png, byte[] Svg)
{
    /// <summary>Figures that are encoded at once: each holds some 35 MB of pixels.</summary>
    private const int MostAtOnce = 4;

    /// <summary>The files of every figure by its name. Figures are drawn one after the other, since plots share what they write text with, while those before are encoded.</summary>
    public static IReadOnlyDictionary<string, FigureFiles> All(IEnumerable<Figure> figures, CancellationToken cancellation)
    {
        var files = new ConcurrentDictionary<string, FigureFiles>();
        var drawn = figures.Select(figure => (Figure: figure, Pixels: figure.Paint(), Vectors: figure.DrawVectors()));
        Parallel.ForEach(Partitioner.Create(drawn, EnumerablePartitionerOptions.NoBuffering), Options(cancellation), entry =>
        {
            using (entry.Pixels) files[entry.Figure.Name] = new(entry.Figure.ToPng(entry.Pixels), Figure.ToSvg(entry.Vectors));
        });
        return files;
    }

    public static ParallelOptions Options(CancellationToken cancellation) =>
        new() { CancellationToken = cancellation, MaxDegreeOfParallelism = Math.Min(MostAtOnce, Environment.ProcessorCount) };
}

/// <summary>A figure as it stands inside the page; figures/ has it in full.</summary>
internal sealed record PagePicture(string MediaType, byte[] Bytes)
{
    /// <summary>What all pictures may weigh: in the page's base64 they are a third heavier, and it should open at once.</summary>
    private const int MostBytes = 4_200_000;

    /// <summary>A .png of that weight stands in the page as it is, without loss.</summary>
    private const int LightPng = 160_000;

    private const int WebpQuality = 82;

    /// <summary>What a WebP weighs beside the .png, and how that falls with its density.</summary>
    private const double WebpShare = 0.35, WebpPower = 1.4;

    /// <summary>How dense pictures are beside the .png, in sight and folded away: the next pair where those before weigh too much.</summary>
    private static readonly (float InSight, float Folded)[] Densities = [(1, 0.5f), (0.75f, 0.45f), (0.6f, 0.35f), (0.5f, 0.25f)];

    /// <summary>The pictures of a page by the figure's name: the .png files where they are light, else WebP, dense where it is in sight.</summary>
    /// <param name="files">The files of all figures.</param>
    /// <param name="inSight">The names of those that are not folded away.</param>
    /// <param name="cancellation">Asked before each.</param>
    public static IReadOnlyDictionary<string, PagePicture> All(IReadOnlyDictionary<string, FigureFiles> files, IReadOnlySet<string> inSight, CancellationToken cancellation)
    {
        var pictures = new ConcurrentDictionary<string, PagePicture>();
        double Expected((float InSight, float Folded) density) => files.Where(file => !IsLight(file.Value))
            .Sum(file => WebpShare * Math.Pow(inSight.Contains(file.Key) ? density.InSight : density.Folded, WebpPower) * file.Value.Png.Length);
        foreach (var density in Densities)
        {
            // encoding takes long: what will clearly be too heavy is not tried
            if (Expected(density) > MostBytes && density != Densities[^1]) continue;
            Parallel.ForEach(files, FigureFiles.Options(cancellation), file => pictures[file.Key] = IsLight(file.Value)
                ? new("image/png", file.Value.Png) : new("image/webp", ToWebp(file.Value.Png, inSight.Contains(file.Key) ? density.InSight : density.Folded)));
            if (pictures.Values.Sum(picture => (long)picture.Bytes.Length) <= MostBytes) break;
        }
        return pictures;

        static bool IsLight(FigureFiles file) => file.Png.Length <= LightPng;
    }

    /// <summary>A third of the size or less, with a loss that eyes do not see.</summary>
    private static byte[] ToWebp(byte[] png, float share)
    {
        using var whole = SKBitmap.Decode(png);
        using var scaled = share == 1 ? null : whole.Resize(
            new SKSizeI((int)(whole.Width * share), (int)(whole.Height * share)), new SKSamplingOptions(SKFilterMode.Linear));
        using var data = (scaled ?? whole).Encode(SKEncodedImageFormat.Webp, WebpQuality);
        return data.ToArray();
    }
}
