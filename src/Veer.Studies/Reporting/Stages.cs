namespace Veer.Studies.Reporting;

/// <summary>The stages of a sample's way, in the order in which the report shows them.</summary>
internal static class Stages
{
    public const string Real = "real";
    public const string Before = "before";
    public const string Individual = "individual";
    public const string OneForAll = "one-for-all";
    public const string Balanced = "balanced";

    private static readonly string[] Order = [Real, Before, Individual, OneForAll];

    /// <summary>Where not all postprocessors can be shown, these go first.</summary>
    private static readonly string[] Preference = [OneForAll, Balanced, Individual];

    /// <summary>Every stage once: the usual ones in their order, then the variants in the order in which they come.</summary>
    public static IReadOnlyList<string> InOrder(IEnumerable<string> stages) => [.. stages.Distinct().OrderBy(Rank)];

    /// <summary>"before" and at most so many postprocessed stages, in the order given.</summary>
    public static IReadOnlyList<string> Preferred(IReadOnlyList<string> stages, int postprocessed)
    {
        var chosen = stages.Where(stage => stage != Before)
            .OrderBy(stage => Array.IndexOf(Preference, stage) is >= 0 and var place ? place : Preference.Length)
            .Take(postprocessed).ToHashSet();
        return [.. stages.Where(stage => stage == Before || chosen.Contains(stage))];
    }

    /// <summary>The postprocessed stage that speaks for all; null where there is none.</summary>
    public static string? Foremost(IReadOnlyList<string> stages) => Preferred(stages, 1).FirstOrDefault(stage => stage != Before);

    /// <summary>The guidance scale that people would use, of those measured: near 3, and one that guides at all if there is any.</summary>
    public static double UsualScale(IReadOnlyList<double> scales)
    {
        const double usual = 3;
        return scales.OrderBy(scale => scale > 1 ? Math.Abs(Math.Log(scale / usual)) : double.PositiveInfinity).ThenBy(scale => Math.Abs(scale - usual)).First();
    }

    private static int Rank(string stage) => Array.IndexOf(Order, stage) is >= 0 and var place ? place : Order.Length;
}
