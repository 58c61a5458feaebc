namespace Veer.Studies.Settings;

/// <summary>Names that settings have where a study gives none.</summary>
internal static class VariantNames
{
    public const string Denoiser = "base";

    /// <summary>The closed form of the data.</summary>
    public const string Exact = "exact";

    public const string Individual = "individual";

    public const string OneForAll = "one-for-all";

    /// <summary>The one postprocessor of samples that were given.</summary>
    public const string Repaired = "repaired";

    /// <summary>The postprocessor that learns from it to repair in one evaluation.</summary>
    public const string OneStep = "one-step";

    /// <summary>The one way of applying postprocessors, which their stages do not name.</summary>
    public const string Application = "whole";
}
