namespace Veer.Diffusion;

/// <summary>How data become noise, in the family of a generator: what it was trained to undo, and where samplers walk back.</summary>
public abstract record NoisingProcess;

/// <summary>So many steps of a variance-preserving process: DDPM.</summary>
/// <param name="Schedule">Its tables.</param>
public sealed record DiscreteProcess(NoiseSchedule Schedule) : NoisingProcess;

/// <summary>A path through all noise levels: rectified flow, EDM.</summary>
/// <param name="Path">Its coefficients.</param>
public sealed record ContinuousProcess(NoisePath Path) : NoisingProcess;
