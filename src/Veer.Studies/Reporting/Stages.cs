namespace Veer.Studies.Reporting;

/// <summary>The stages of a sample's way, in the order in which the report shows them.</summary>
internal static class Stages
{
    public const string Real = "real";
    public const string Before = "before";
    public const string Individual = "individual";
    public const string OneForAll = "one-for-all";

    private static readonly string[] Order = [Real, Before, Individual, OneForAll];

    /// <summary>The stage's place; variants come last.</summary>
    public static int Rank(string stage) => Array.IndexOf(Order, stage) is >= 0 and var place ? place : Order.Length;
}
