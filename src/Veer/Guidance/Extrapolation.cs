using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>From one prediction through another and beyond.</summary>
internal static class Extrapolation
{
    /// <summary>(1 - w) · from + w · to, both parts; within the caller's scope.</summary>
    /// <param name="x">What both predictions are of.</param>
    /// <param name="level">Its level.</param>
    /// <param name="from">Where w is 0.</param>
    /// <param name="to">Where w is 1.</param>
    /// <param name="scale">w.</param>
    /// <param name="makeUpX">Whether the parts of both make up x; if not, each is extrapolated by itself.</param>
    public static Prediction Compute(Tensor x, NoiseLevel level, Prediction from, Prediction to, double scale, bool makeUpX) => Complete(
        x, level, () => from.Clean * (1 - scale) + to.Clean * scale, () => from.Noise * (1 - scale) + to.Noise * scale, makeUpX);

    /// <summary>The prediction that has a guided part; within the caller's scope.</summary>
    /// <remarks>
    /// A large w multiplies the rounding of either part, and a thousand steps add it up. So the part that has less weight in x is guided, and
    /// the other one follows from x: an error of the first is then multiplied by how much a step changes the ratio alpha : sigma.
    /// </remarks>
    /// <param name="x">What it is of.</param>
    /// <param name="level">Its level.</param>
    /// <param name="clean">Makes the guided clean part.</param>
    /// <param name="noise">Makes the guided noise.</param>
    /// <param name="makeUpX">Whether the parts make up x; if not, each is guided by itself.</param>
    public static Prediction Complete(Tensor x, NoiseLevel level, Func<Tensor> clean, Func<Tensor> noise, bool makeUpX)
    {
        if (!makeUpX) return new(clean(), noise());
        if (level.Alpha < level.Sigma)
        {
            var guided = clean();
            return new(guided, level.NoiseFrom(x, guided));
        }
        var moved = noise();
        return new(level.CleanFrom(x, moved), moved);
    }
}
