using Veer.Data;

namespace Veer.Postprocessing;

/// <summary>Points that are kept from the pairing and the training, to measure what these bring.</summary>
/// <param name="Samples">The generator's samples.</param>
/// <param name="Real">Real points of the same space and classes.</param>
public sealed record HeldOut(LabeledData Samples, LabeledData Real);
