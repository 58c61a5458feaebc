using System.Collections.Concurrent;

namespace Veer.Studies.Reporting;

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
