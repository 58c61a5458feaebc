using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>What the guidances ask of their arguments.</summary>
internal static class GuidanceArguments
{
    public static double Finite(double scale) =>
        double.IsFinite(scale) ? scale : throw new ArgumentOutOfRangeException(nameof(scale), scale, "a finite number");

    public static void NullLabelKnown(IDenoiser denoiser, string guidance, string expected)
    {
        if (!denoiser.Info.KnowsNullLabel)
            throw new InputException(guidance, "model", "one trained without label dropout", expected);
    }

    public static void LabelsKnown(IDenoiser denoiser, string guidance, string field)
    {
        if (!denoiser.Info.KnowsLabels)
            throw new InputException(guidance, field, "one trained without labels", "one that knows them: without, classifier guidance alone brings samples of a class");
    }

    public static void HasSignal(NoiseLevel level, string guidance)
    {
        if (level.Alpha == 0)
            throw new ArgumentOutOfRangeException(nameof(level), level, $"{guidance} divides by alpha, which is 0 in pure noise: start at a noise level where it is above 0");
    }

    public static void SameClasses(int found, int expected, string guidance, string field)
    {
        if (found != expected)
            throw new InputException(guidance, field, $"one of {found} classes", $"{expected}, as many as the model has");
    }
}
