using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>From one prediction through another and beyond.</summary>
internal static class Extrapolation
{
    /// <summary>(1 - w) · from + w · to, both parts; within the caller's scope.</summary>
    /// <remarks>
    /// A large w multiplies the rounding of either part, and a thousand steps add it up. So the part that has less weight in x is extrapolated,
    /// and the other one follows from x: an error of the first is then multiplied by how much a step changes the ratio a : b.
    /// </remarks>
    /// <param name="x">What both predictions are of.</param>
    /// <param name="level">Its level.</param>
    /// <param name="from">Where w is 0.</param>
    /// <param name="to">Where w is 1.</param>
    /// <param name="scale">w.</param>
    /// <param name="makeUpX">Whether the parts of both make up x; if not, each is extrapolated by itself.</param>
    public static Prediction Compute(Tensor x, NoiseLevel level, Prediction from, Prediction to, double scale, bool makeUpX)
    {
        if (!makeUpX) return new(Beyond(from.Clean, to.Clean), Beyond(from.Noise, to.Noise));
        if (level.Alpha < level.Sigma)
        {
            var clean = Beyond(from.Clean, to.Clean);
            return new(clean, level.NoiseFrom(x, clean));
        }
        var noise = Beyond(from.Noise, to.Noise);
        return new(level.CleanFrom(x, noise), noise);

        Tensor Beyond(Tensor start, Tensor end) => start * (1 - scale) + end * scale;
    }
}
