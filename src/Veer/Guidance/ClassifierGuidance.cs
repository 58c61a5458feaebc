using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// Classifier guidance (Dhariwal and Nichol, arXiv 2105.05233), Eq. 9: Noise - b · w · grad log p(c given x) and
/// Clean + (b² / a) · w · grad log p(c given x). Samples with the null label are not guided.
/// An ancestral step then moves its mean by beta / sqrt(alpha) · w · gradient; around an <see cref="Sampling.AncestralClassifier"/> it moves it by variance
/// · w · gradient, as the paper's own program.
/// </summary>
public sealed class ClassifierGuidance : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "classifier",
        Title = "Classifier guidance",
        Formula = "D(null), Noise - sigma · w · grad log p(label given x)",
        Source = "arXiv 2105.05233",
        Needs = GuidanceNeeds.Classifier | GuidanceNeeds.Signal,
        AsksNull = _ => true,
        AsksLabels = false,
        Make = (parts, scale) => new ClassifierGuidance(parts.Denoiser, parts.Classifier!, scale),
    };

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
        GuidanceArguments.SameClasses(classifier.Classes, denoiser.Info.Classes, "classifier guidance", "classifier");
        (this.denoiser, this.classifier, this.conditional) = (denoiser, classifier, conditional);
        Info = denoiser.Info with { KnowsLabels = !conditional || denoiser.Info.KnowsLabels, KnowsSoftLabels = false };
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Alpha of the level is 0: Eq. 9 divides by it.</exception>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (Scale != 0) GuidanceArguments.HasSignal(level, "classifier guidance");
        using var scope = NewDisposeScope();
        var (clean, noise) = conditional ? denoiser.Predict(x, level, label, context) : denoiser.PredictUnconditional(x, level, label, context);
        if (Scale == 0) return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
        var named = label.ne(Info.Classes).reshape([-1, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
        var gradient = classifier.LogProbabilityGradient(x, level, label.clamp_max(Info.Classes - 1)) * named;
        return new(
            clean.add(gradient, alpha: Scale * level.Sigma * level.Sigma / level.Alpha).MoveToOuterDisposeScope(),
            noise.add(gradient, alpha: -Scale * level.Sigma).MoveToOuterDisposeScope());
    }
}
