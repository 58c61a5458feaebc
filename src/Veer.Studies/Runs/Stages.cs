namespace Veer.Studies.Runs;

/// <summary>The stages of a sample's way, in the order in which the report shows them.</summary>
internal static class Stages
{
    public const string Real = "real";
    public const string Before = "before";
    public const string Individual = "individual";
    public const string OneForAll = "one-for-all";
    public const string Balanced = "balanced";
    public const string BalancedThenNearest = "balanced-then-nearest";
    public const string ToldBalanced = "told-balanced";

    private static readonly string[] Order = [Real, Before, Individual, OneForAll];

    /// <summary>Where not all postprocessors can be shown, these go first.</summary>
    private static readonly string[] Preference = [BalancedThenNearest, ToldBalanced, OneForAll, Balanced, Individual];

    /// <summary>Every stage once: the usual ones in their order, then the variants in the order in which they come.</summary>
    public static IReadOnlyList<string> InOrder(IEnumerable<string> stages) => [.. stages.Distinct().OrderBy(stage => Rank(Order, stage))];

    /// <summary>"before" and at most so many postprocessed stages, in the order given.</summary>
    public static IReadOnlyList<string> Preferred(IReadOnlyList<string> stages, int postprocessed)
    {
        // another strength of the same postprocessor tells less than another postprocessor
        var chosen = stages.Where(stage => stage != Before).OrderBy(stage => Rank(Preference, stage)).ThenBy(stage => stage.Contains('@', StringComparison.Ordinal)).Take(postprocessed).ToHashSet();
        return [.. stages.Where(stage => stage == Before || chosen.Contains(stage))];
    }

    /// <summary>The postprocessed stage that speaks for all; null where there is none.</summary>
    public static string? Foremost(IReadOnlyList<string> stages) => Preferred(stages, 1).FirstOrDefault(stage => stage != Before);

    /// <summary>How far a guidance scale is from what people would use: near 3, and one that guides at all if there is any.</summary>
    public static (double Ratio, double Difference) Unusualness(double scale)
    {
        const double usual = 3;
        return (scale > 1 ? Math.Abs(Math.Log(scale / usual)) : double.PositiveInfinity, Math.Abs(scale - usual));
    }

    private static int Rank(string[] order, string stage) => Array.IndexOf(order, stage) is >= 0 and var place ? place : order.Length;
}
