namespace Veer.Diffusion;

/// <summary>
/// Keeps a denoiser's clean part inside a box, and moves its noise so that both still make up x: where they did, and where x has noise. For
/// images in [-1, 1]; leave it off for data without such bounds. Around guidance it clips what is guided, as studies do; around the network
/// alone, with guidance around it, the guided prediction may leave the box.
/// </summary>
/// <param name="denoiser">The denoiser to be clipped.</param>
/// <param name="limit">Clean is clipped to [-limit, limit]; above 0.</param>
public sealed class ClippedDenoiser(IDenoiser denoiser, double limit = 1) : IDenoiser
{
    private readonly double limit = limit > 0 ? limit : throw new ArgumentOutOfRangeException(nameof(limit), limit, "above 0");

    /// <inheritdoc/>
    public DenoiserInfo Info => denoiser.Info;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        var (clean, noise) = denoiser.Predict(x, level, label, context);
        var clipped = clean.clamp(-limit, limit);
        // where nothing was clipped the noise stays as it is, to the bit
        var moved = Info.PartsMakeUpX ? level.FollowClean(noise, clipped - clean) : noise;
        return new(clipped.MoveToOuterDisposeScope(), moved.MoveToOuterDisposeScope());
    }
}
