using Veer.Data;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>What recipes of vectors and of images have in common.</summary>
internal static class RecipeParts
{
    /// <summary>With fewer real points a class is no population to be matched with: its few points would be learned by heart.</summary>
    private const int LeastOfClass = 50;

    /// <summary>Whether pairs stay within a class.</summary>
    public static (bool Match, RecipeChoice Choice) Classes(LabeledData samples, LabeledData real)
    {
        if (real.Classes == 1) return (false, new("classes", "none", "the samples have no labels"));
        using var scope = NewDisposeScope();
        var asked = samples.Labels.bincount(null, real.Classes).gt(0);
        long fewest = real.Labels.to(asked.device).bincount(null, real.Classes)[asked].min().item<long>();
        return fewest >= LeastOfClass
            ? (true, new("classes", "pairs of one class", $"each class has {fewest} real points or more"))
            : (false, new("classes", "pairs of any class", $"a class has only {fewest} real points"));
    }

    /// <summary>Balanced pairs, in a choice.</summary>
    /// <param name="options">Their rounds and blocks.</param>
    /// <param name="real">What real points are called.</param>
    public static RecipeChoice Pairing(PostprocessorOptions options, string real) => new(
        "pairing", $"{options.Pairing}, {options.Rounds} rounds of blocks of {options.BlockSize}", $"every {real} is used equally often, so that nothing is thinned out");

    /// <summary>A solver of fixed steps, in a choice.</summary>
    public static RecipeChoice Solver(string name, int steps, string reason) => new("solver", $"{name}, {steps} steps", reason);

    /// <summary>Early stopping and how the training suits it, in a choice.</summary>
    public static RecipeChoice Training(TrainingOptions training, EarlyStopping stopping) => new(
        "training",
        FormattableString.Invariant($"at most {training.Steps} steps of {training.BatchSize}, learning rate {training.LearningRate}, constant"),
        FormattableString.Invariant($"ends when held-out points come no nearer in {stopping.Patience * stopping.Every} steps; the best average of weights is kept"));
}
