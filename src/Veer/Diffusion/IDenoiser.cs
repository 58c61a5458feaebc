namespace Veer.Diffusion;

/// <summary>
/// Splits a noisy batch into the clean sample and the noise that it expects there. Networks, closed forms and guidance are all
/// denoisers; a guidance wraps one or two others.
/// </summary>
/// <remarks>
/// A prediction's tensors are on the device of x, new, and the caller's: within a dispose scope they go with it. A denoiser changes none of
/// what it is given. Predictions of one denoiser may be asked for on several threads at once, where each has its own context.
/// </remarks>
public interface IDenoiser
{
    /// <summary>What is known of it.</summary>
    DenoiserInfo Info => new();

    /// <summary>The expected parts of x, with x = Alpha · Clean + Sigma · Noise where <see cref="DenoiserInfo.PartsMakeUpX"/>.</summary>
    /// <param name="x">[B, ...] samples at one noise level.</param>
    /// <param name="level">The noise level of the whole batch.</param>
    /// <param name="label">[B] int64, each 0 to C (C: null); or weights, where it <see cref="DenoiserInfo.KnowsSoftLabels"/>.</param>
    /// <param name="context">
    /// Which samples the rows are, and the run that they are on; a decorator hands it on to what it wraps. Null: the rows are the first
    /// samples, and there is no run.
    /// </param>
    Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null);
}

/// <summary>A denoiser's answer; both parts have the shape of x.</summary>
/// <param name="Clean">The expected clean sample.</param>
/// <param name="Noise">The expected noise (unit variance).</param>
public readonly record struct Prediction(Tensor Clean, Tensor Noise);
