using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>
/// A way of sampling: what it is called, where it comes from, which processes it samples. It stands in the sampler's own file, and is
/// registered in <see cref="All"/>.
/// </summary>
public sealed class SamplerKind : IRegistered<SamplerKind>
{
    /// <summary>Those that studies and commands offer.</summary>
    public static Registry<SamplerKind> All { get; } = new("sampler", Ddim.Kind, DpmSolver.Kind, Ddpm.Kind, EdmHeun.Kind, OdeSampler.Kind);

    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>The paper.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it samples a process.</summary>
    public required Func<NoisingProcess, bool> Serves { get; init; }

    /// <summary>Whether it looks at its own errors: it then needs float32, and a flow of samples (<see cref="DenoiserInfo.PartsMakeUpX"/>).</summary>
    public bool Adaptive { get; init; }

    /// <summary>Makes it, for a process that it serves and a number of steps.</summary>
    public required Func<NoisingProcess, int, ISampler> Make { get; init; }

    /// <summary>The levels that it stops at in so many steps of a process.</summary>
    public IReadOnlyList<NoiseLevel> Levels(NoisingProcess process, int steps) => Make(process, steps) is LevelSampler sampler ? sampler.Levels : process.Levels(steps);

    /// <summary>The samplers of a process.</summary>
    public static IEnumerable<SamplerKind> For(NoisingProcess process) => All.Where(kind => kind.Serves(process));

    /// <summary>A sampler by its name.</summary>
    /// <param name="name">That of a sampler which serves the process.</param>
    /// <param name="process">The process to sample.</param>
    /// <param name="steps">Steps that it takes, 1 or more; at most as many as a discrete process has.</param>
    /// <exception cref="InputException">There is no such sampler for the process.</exception>
    public static ISampler Create(string name, NoisingProcess process, int steps) =>
        For(process).FirstOrDefault(kind => kind.Name == name)?.Make(process, steps)
            ?? throw new InputException("sampling", "sampler", $"'{name}'", string.Join(" or ", For(process).Select(kind => kind.Name)));
}
