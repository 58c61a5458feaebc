using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>Samplers by name, for the process that a generator was trained to undo.</summary>
public static class Samplers
{
    /// <summary>Ancestral steps of a DDPM.</summary>
    public const string Ancestral = "ddpm";

    /// <summary>Deterministic steps on any path; on the linear path and on EDM's, Euler's method.</summary>
    public const string Deterministic = "ddim";

    /// <summary>EDM's sampler, Heun's method (<see cref="EdmHeun"/>).</summary>
    public const string Edm = "heun";

    /// <summary>The flow of a rectified flow by an adaptive solver (<see cref="OdeSampler"/>), which takes as many steps as it needs.</summary>
    public const string Adaptive = "dopri5";

    /// <summary>A sampler.</summary>
    /// <param name="process">Where it walks.</param>
    /// <param name="name">"ddpm", "ddim", "heun" or "dopri5".</param>
    /// <param name="steps">Steps that it takes; at most as many as a discrete process has.</param>
    /// <exception cref="InputException">There is no such sampler for the process.</exception>
    public static ISampler Create(NoisingProcess process, string name, int steps) => (process, name) switch
    {
        (DiscreteProcess ddpm, Ancestral) => new Ddpm(ddpm.Schedule, steps),
        (DiscreteProcess ddpm, Deterministic) => new Ddim(ddpm.Schedule, steps),
        (ContinuousProcess { Path: LinearPath path }, Deterministic) => new Ddim(Enumerable.Range(0, steps + 1).Select(i => path.At((double)i / steps))),
        (ContinuousProcess { Path: LinearPath path }, Adaptive) => new OdeSampler(path, [0, 1]),
        (ContinuousProcess { Path: VarianceExplodingPath path }, Deterministic) => new Ddim(new KarrasSigmas().Sigmas(steps).Select(path.At)),
        (ContinuousProcess { Path: VarianceExplodingPath }, Edm) => new EdmHeun(steps),
        _ => throw new InputException("sampling", "sampler", $"'{name}'", string.Join(" or ", For(process))),
    };

    /// <summary>The names of the samplers that a process has.</summary>
    public static IReadOnlyList<string> For(NoisingProcess process) => process switch
    {
        DiscreteProcess => [Deterministic, Ancestral],
        ContinuousProcess { Path: LinearPath } => [Deterministic, Adaptive],
        ContinuousProcess { Path: VarianceExplodingPath } => [Deterministic, Edm],
        _ => [],
    };
}
