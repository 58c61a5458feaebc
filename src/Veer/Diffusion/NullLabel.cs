namespace Veer.Diffusion;

/// <summary>The unconditional predictions that guidance sets beside the samples' own.</summary>
public static class NullLabel
{
    /// <summary>The unconditional prediction, whatever the labels are.</summary>
    /// <inheritdoc cref="IDenoiser.Predict"/>
    public static Prediction PredictUnconditional(this IDenoiser denoiser, Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var none = full_like(label, denoiser.Info.Classes);
        return denoiser.Predict(x, level, none, context);
    }

    /// <summary>The unconditional and the labels' own prediction, in one call of twice the batch: what guidance extrapolates between.</summary>
    /// <param name="denoiser">One that knows the null label.</param>
    /// <param name="x">[B, ...] samples at one noise level.</param>
    /// <param name="level">The noise level of the whole batch.</param>
    /// <param name="label">[B] int64.</param>
    /// <param name="context">As in <see cref="IDenoiser.Predict"/>.</param>
    /// <returns>Views of one prediction, each part in the shape of x; the caller frees them by its dispose scope.</returns>
    public static (Prediction None, Prediction Own) PredictBoth(
        this IDenoiser denoiser, Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        // the rows are the same samples twice, also where nobody says which
        using var own = context is null ? new PredictionContext(0, Math.Max(1, x.shape[0])) : null;
        var both = denoiser.Predict(cat([x, x]), level, cat([full_like(label, denoiser.Info.Classes), label]), context ?? own);
        var (clean, noise) = (both.Clean.chunk(2), both.Noise.chunk(2));
        return (new(clean[0], noise[0]), new(clean[1], noise[1]));
    }
}
