using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>Samplers by name, for the process that a generator was trained to undo.</summary>
public static class Samplers
{
    /// <summary>The names: deterministic steps along the path ("ddim"; Euler's method on the linear path), ancestral ones ("ddpm").</summary>
    public static IReadOnlyList<string> Names { get; } = ["ddpm", "ddim"];

    /// <summary>A sampler.</summary>
    /// <param name="process">Where it walks.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="steps">Steps that it takes; at most as many as a discrete process has.</param>
    /// <exception cref="InputException">There is no such sampler for the process.</exception>
    public static ISampler Of(NoisingProcess process, string name, int steps) => (process, name) switch
    {
        (DiscreteProcess ddpm, "ddpm") => new Ddpm(ddpm.Schedule, steps),
        (DiscreteProcess ddpm, "ddim") => new Ddim(ddpm.Schedule, steps),
        (ContinuousProcess { Path: LinearPath path }, "ddim") => new Ddim(Enumerable.Range(0, steps + 1).Select(i => path.At((double)i / steps))),
        _ => throw new InputException("sampling", "sampler", $"'{name}'", process is DiscreteProcess ? "ddpm or ddim" : "ddim"),
    };
}
