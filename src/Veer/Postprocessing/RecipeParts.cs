using Veer.Data;

namespace Veer.Postprocessing;

/// <summary>What recipes of vectors and of images have in common.</summary>
internal static class RecipeParts
{
    /// <summary>With fewer real points a class is no population to be matched with: its few points would be learned by heart.</summary>
    private const int LeastOfClass = 50;

    /// <summary>Why every recipe pairs in balance, with what it calls a real point.</summary>
    public static string Balanced(string real) => $"every {real} is used equally often, so that nothing is thinned out";

    /// <summary>Why every training ends so.</summary>
    public const string Stopping = "the best average of weights is kept";

    /// <summary>Whether pairs stay within a class, and why.</summary>
    public static (bool Match, string Reason) Classes(LabeledData samples, LabeledData real)
    {
        if (real.Classes == 1) return (false, "the samples have no labels");
        using var scope = NewDisposeScope();
        var asked = samples.Labels.bincount(null, real.Classes).gt(0);
        long fewest = real.Labels.to(asked.device).bincount(null, real.Classes)[asked].min().item<long>();
        return fewest >= LeastOfClass ? (true, $"each class has {fewest} real points or more") : (false, $"a class has only {fewest} real points");
    }
}
