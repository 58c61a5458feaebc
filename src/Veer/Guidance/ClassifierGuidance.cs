using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>
/// Classifier guidance (Dhariwal and Nichol, arXiv 2105.05233), Eq. 9: Noise - b · w · grad log p(c given x) and
/// Clean + (b² / a) · w · grad log p(c given x). Samples with the null label are not guided.
/// An ancestral step then moves its mean by beta / sqrt(alpha) · w · gradient; around an <see cref="Sampling.AncestralClassifier"/> it moves it by variance
/// · w · gradient, as the paper's own program.
/// </summary>
public sealed class ClassifierGuidance : IDenoiser
{
    private readonly IDenoiser denoiser;
    private readonly INoisyClassifier classifier;
    private readonly bool conditional;

    /// <param name="denoiser">Asked for its unconditional prediction.</param>
    /// <param name="classifier">Trained on noisy samples of the same levels.</param>
    /// <param name="scale">w, finite; 1 is Bayes' rule, 0 the unconditional prediction to the bit.</param>
    /// <param name="conditional">Asks the denoiser for the label's own prediction instead, so that the classifier guides on top.</param>
    /// <exception cref="InputException">
    /// The denoiser was trained without label dropout, so it has no unconditional prediction; or the classifier's classes are others.
    /// </exception>
    public ClassifierGuidance(IDenoiser denoiser, INoisyClassifier classifier, double scale, bool conditional = false)
    {
        Scale = GuidanceArguments.Finite(scale);
        if (!conditional)
            GuidanceArguments.NullLabelKnown(denoiser, "classifier guidance", "label dropout above 0, or its conditional form");
        GuidanceArguments.SameClasses(classifier.Classes, denoiser.Classes, "classifier guidance", "classifier");
        (this.denoiser, this.classifier, this.conditional) = (denoiser, classifier, conditional);
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public int Classes => denoiser.Classes;

    /// <inheritdoc/>
    public bool KnowsNullLabel => denoiser.KnowsNullLabel;

    /// <inheritdoc/>
    public bool PartsMakeUpX => denoiser.PartsMakeUpX;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The level has no signal (a = 0): Eq. 9 divides by it.</exception>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label)
    {
        if (Scale != 0) GuidanceArguments.HasSignal(level, "classifier guidance");
        using var scope = NewDisposeScope();
        var (clean, noise) = conditional ? denoiser.Predict(x, level, label) : denoiser.PredictUnconditional(x, level, label);
        if (Scale == 0) return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
        var named = label.ne(Classes).reshape([-1, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
        var gradient = classifier.LogProbabilityGradient(x, level, label.clamp_max(Classes - 1)) * named;
        return new(
            clean.add(gradient, alpha: Scale * level.Sigma * level.Sigma / level.Alpha).MoveToOuterDisposeScope(),
            noise.add(gradient, alpha: -Scale * level.Sigma).MoveToOuterDisposeScope());
    }
}
