using Veer.Data;

namespace Veer.Postprocessing;

/// <summary>Points that are kept from the pairing and the training, to measure what these bring.</summary>
/// <param name="Samples">The generator's samples, 10,000 at most.</param>
/// <param name="Real">Real points of the same space and classes, 10,000 at most.</param>
public sealed record HeldOut(LabeledData Samples, LabeledData Real)
{
    /// <summary>Their distance looks at all pairs, in float64: of so many it takes some 3 GB, and of more it would tell no more.</summary>
    private const int Most = 10_000;

    /// <exception cref="InputException">Of one of both there are too few, or more than all pairs can be looked at of.</exception>
    internal void Check(string place, int least)
    {
        foreach (var (name, points) in (IEnumerable<(string, LabeledData)>)[("held-out samples", Samples), ("held-out real", Real)])
            if (points.Count < least || points.Count > Most) throw new InputException(place, name, $"{points.Count}", $"{least} to {Most}");
    }
}
