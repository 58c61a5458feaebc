namespace Veer.Data;

/// <summary>What the numbers of pixels run from and to.</summary>
public enum PixelRange
{
    /// <summary>0 to 1.</summary>
    Unit,

    /// <summary>-1 to 1.</summary>
    Symmetric,

    /// <summary>0 to 255.</summary>
    Bytes,
}

/// <summary>Pixels in the ranges that files hold, and in [-1, 1].</summary>
internal static class PixelRanges
{
    /// <summary>How far pixels may go beyond their range, over its width: generators do not all clip.</summary>
    private const double Overshoot = 0.05;

    /// <summary>Images in [-1, 1] have something darker than this, and images of bytes something brighter: else the range is not known.</summary>
    private const double DarkestOfSymmetric = -0.5, BrightestOfBytes = 16;

    private const float HalfRange = 127.5f;

    /// <summary>The range in words: "0 to 1".</summary>
    public static string Words(PixelRange range) => FormattableString.Invariant($"{Ends(range).Low} to {Ends(range).High}");

    /// <summary>All ranges in words.</summary>
    public static string AllWords { get; } = string.Join(", ", Enum.GetValues<PixelRange>().Select(Words));

    /// <summary>The only range that pixels between these ends are likely to be of; null where there is none.</summary>
    public static PixelRange? Find(double low, double high)
    {
        if (Fits(PixelRange.Unit, low, high)) return PixelRange.Unit;
        if (Fits(PixelRange.Symmetric, low, high) && low <= DarkestOfSymmetric) return PixelRange.Symmetric;
        return Fits(PixelRange.Bytes, low, high) && high >= BrightestOfBytes ? PixelRange.Bytes : null;
    }

    /// <summary>Whether pixels between these ends can be of a range.</summary>
    public static bool Fits(PixelRange range, double low, double high)
    {
        var (least, most) = Ends(range);
        double beyond = Overshoot * (most - least);
        return low >= least - beyond && high <= most + beyond;
    }

    /// <summary>Whether pixels between these ends go beyond a range.</summary>
    public static bool Overshoots(PixelRange range, double low, double high) => low < Ends(range).Low || high > Ends(range).High;

    /// <summary>Pixels in [-1, 1], what goes beyond being clipped: a new float32 tensor.</summary>
    public static Tensor ToSymmetric(Tensor pixels, PixelRange range)
    {
        using var scope = NewDisposeScope();
        var values = pixels.to(ScalarType.Float32, copy: true).contiguous();
        values = range switch
        {
            PixelRange.Unit => values.mul_(2).sub_(1),
            PixelRange.Bytes => values.div_(HalfRange).sub_(1),
            _ => values,
        };
        return values.clamp_(-1, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Pixels in a range from those in [-1, 1], what goes beyond being clipped: a new float32 tensor.</summary>
    public static Tensor FromSymmetric(Tensor pixels, PixelRange range)
    {
        using var scope = NewDisposeScope();
        var values = pixels.detach().to(ScalarType.Float32).add(0);
        values = range switch
        {
            PixelRange.Unit => values.add_(1).div_(2),
            PixelRange.Bytes => values.add_(1).mul_(HalfRange),
            _ => values,
        };
        return values.clamp_(Ends(range).Low, Ends(range).High).MoveToOuterDisposeScope();
    }

    private static (double Low, double High) Ends(PixelRange range) => range switch
    {
        PixelRange.Unit => (0, 1),
        PixelRange.Symmetric => (-1, 1),
        _ => (0, 255),
    };
}
