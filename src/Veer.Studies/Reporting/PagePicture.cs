namespace Veer.Studies.Reporting;

/// <summary>A figure as it stands inside the page; figures/ has it in full.</summary>
internal sealed record PagePicture(string MediaType, byte[] Bytes)
{
    /// <summary>What all pictures may weigh: in the page's base64 they are a third heavier, and it should open at once.</summary>
    private const int MostBytes = 4_200_000;

    /// <summary>Pixels per CSS pixel, and what a WebP of that density is expected to weigh beside the .png: a share that clearly will not do is not tried.</summary>
    private static readonly (float Density, double Share)[] Lighter = [(2, 0.3), (1.5f, 0.2), (1.25f, 0.15), (1, 0)];

    /// <summary>The pictures of a page: the .png files where they are light enough, else WebP, at the highest density that keeps the page light.</summary>
    /// <param name="figures">Every figure of the page with its .png.</param>
    public static IReadOnlyDictionary<string, PagePicture> All(IReadOnlyList<(Figure Figure, byte[] Png)> figures)
    {
        double weight = figures.Sum(entry => (double)entry.Png.Length);
        var pictures = figures.ToDictionary(entry => entry.Figure.Name, entry => new PagePicture("image/png", entry.Png));
        foreach (var (density, share) in Lighter)
        {
            if (pictures.Values.Sum(picture => (double)picture.Bytes.Length) <= MostBytes) break;
            if (share * weight <= MostBytes)
                pictures = figures.ToDictionary(entry => entry.Figure.Name, entry => new PagePicture("image/webp", entry.Figure.ToWebp(density)));
        }
        return pictures;
    }
}
