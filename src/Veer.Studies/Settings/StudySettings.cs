using System.ComponentModel.DataAnnotations;
using Veer.Postprocessing;
using Veer.Training;

namespace Veer.Studies.Settings;

/// <summary>A study: one file, one command, one page. Keys are these names in snake_case.</summary>
public sealed record StudySettings
{
    /// <summary>What the study shows, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>The figures and tables of arXiv 2503.10638 that it reproduces.</summary>
    public string Reproduces { get; init; } = "";

    /// <summary>Expected minutes on two processor cores.</summary>
    [Range(0.0, 1e6)]
    public double Minutes { get; init; }

    /// <summary>Where real points come from.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The generator.</summary>
    public DenoiserOptions Denoiser { get; init; } = new();

    /// <summary>How it is steered.</summary>
    public GuidanceSettings Guidance { get; init; } = new();

    /// <summary>How samples are drawn.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>The postprocessing flow, trained once per scale and once for all scales.</summary>
    public PostprocessorOptions Postprocessor { get; init; } = new();

    /// <summary>How results are measured.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();
}

/// <summary>Real points: a training set, a held-out set, and their classes.</summary>
public sealed record DataSettings
{
    /// <summary>"fractal" (drawn from its closed form), "vectors" (two .npz files) or "mnist-components" (principal components of digits).</summary>
    [AllowedValues("fractal", "vectors", "mnist-components")]
    public required string Kind { get; init; }

    /// <summary>fractal: training points per class.</summary>
    [Range(1, 10_000_000)]
    public int TrainPerClass { get; init; } = 50_000;

    /// <summary>fractal: held-out points per class.</summary>
    [Range(1, 10_000_000)]
    public int HeldOutPerClass { get; init; } = 20_000;

    /// <summary>vectors: .npz with points [N, D] and labels [N]; relative to the study's file.</summary>
    public string? Train { get; init; }

    /// <summary>vectors: .npz with held-out points and labels; relative to the study's file.</summary>
    public string? HeldOut { get; init; }

    /// <summary>mnist-components: the folder of the four IDX files; looked for in the usual places if not given.</summary>
    public string? Folder { get; init; }

    /// <summary>mnist-components: number of principal components.</summary>
    [Range(1, 784)]
    public int Components { get; init; } = 16;
}

/// <summary>The guidance and the scales it is studied at.</summary>
public sealed record GuidanceSettings
{
    /// <summary>"classifier-free": (1 - w) · null + w · label.</summary>
    [AllowedValues("classifier-free")]
    public string Name { get; init; } = "classifier-free";

    /// <summary>Guidance scales w; 1 is the plain conditional model.</summary>
    [MinLength(1)]
    public IReadOnlyList<double> Scales { get; init; } = [1, 2, 3];
}

/// <summary>How samples are drawn.</summary>
public sealed record SamplingSettings
{
    /// <summary>"ddpm" (ancestral) or "ddim" (deterministic).</summary>
    [AllowedValues("ddpm", "ddim")]
    public string Sampler { get; init; } = "ddim";

    /// <summary>Steps of the respaced process.</summary>
    [Range(2, 100_000)]
    public int Steps { get; init; } = 50;

    /// <summary>Samples per scale that a postprocessor is trained on, classes in equal shares.</summary>
    [Range(1, 10_000_000)]
    public int TrainingSamples { get; init; } = 40_000;

    /// <summary>Samples per scale that are measured; never trained on.</summary>
    [Range(1, 10_000_000)]
    public int TestSamples { get; init; } = 10_000;

    /// <summary>Trajectories that are recorded per scale.</summary>
    [Range(1, 10_000)]
    public int Trajectories { get; init; } = 60;
}

/// <summary>How results are measured.</summary>
public sealed record EvaluationSettings
{
    /// <summary>The solver that applies a postprocessor: "dopri5", "euler" or "heun".</summary>
    [AllowedValues("dopri5", "euler", "heun")]
    public string Solver { get; init; } = "dopri5";

    /// <summary>Steps of a fixed-step solver.</summary>
    [Range(1, 10_000)]
    public int SolverSteps { get; init; } = 8;

    /// <summary>Points per class on which Wasserstein-2 is computed exactly.</summary>
    [Range(1, 4000)]
    public int AssignmentPoints { get; init; } = 1000;

    /// <summary>Directions of sliced Wasserstein-2.</summary>
    [Range(1, 100_000)]
    public int Projections { get; init; } = 256;
}
