using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Tests.Guidance;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>Every sampler of every process with every family of denoisers, every guidance, and 1, 2, 3 and all T steps.</summary>
public sealed class CombinationTests : IDisposable
{
    private const int Timesteps = 25, Samples = 4;

    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear(Timesteps);
    private const double Scale = 1.5;

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, string, string> Cases => new(
        from family in (string[])["ddpm", "flow", "edm", "exact"]
        from process in (string[])["ddpm", "flow", "edm"]
        from sampler in SamplerKind.For(Process(process))
        select (family, process, sampler.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Samples_are_finite_or_it_is_refused_before_any_evaluation(string family, string process, string name)
    {
        foreach (var guidance in GuidanceKind.All)
        {
            foreach (int steps in (int[])[1, 2, 3, Timesteps])
            {
                using var one = NewDisposeScope();
                string combination = $"{family}, {process}, {name}, {guidance.Name}, {steps} steps";
                var denoiser = new Watched(Family(family));
                bool refused = false;
                try
                {
                    var sampler = SamplerKind.Create(name, Process(process), steps);
                    var guided = Guided(guidance, denoiser, Process(process), steps);
                    denoiser.Evaluations = 0;
                    var drawn = sampler.Draw(guided, tensor(new long[] { 0, 1, 2, 0 }), [2], seed: 1);
                    Assert.True(drawn.shape is [Samples, 2] && drawn.isfinite().all().item<bool>(), combination);
                }
                catch (Exception refusal) when (refusal is InputException or ArgumentException)
                {
                    Assert.True(denoiser.Evaluations == 0, $"{combination}: refused after {denoiser.Evaluations} evaluations");
                    refused = true;
                }
                Assert.True(refused == IsRefused(family, process, name, guidance), $"{combination}: {(refused ? "refused" : "not refused")}");
            }
        }
    }

    /// <summary>What theory does not allow, and nothing else.</summary>
    private static bool IsRefused(string family, string process, string sampler, GuidanceKind guidance) =>
        // it counts timesteps
        (guidance == Cads.Kind && process != "ddpm")
        // they divide by the signal, of which the start of the linear path has none
        || ((guidance == ClassifierGuidance.Kind || guidance == ReCfg.Kind) && process == "flow")
        // the closed form knows no soft labels
        || (guidance == Cads.Kind && family == "exact")
        // parts that make up no flow
        || (sampler == "dopri5" && !guidance.PartsMakeUpX(Scale));

    [Fact]
    public void One_step_of_the_exact_denoiser_ends_at_the_mean_of_the_class()
    {
        foreach (string process in (string[])["ddpm", "flow", "edm"])
        {
            foreach (string name in SamplerKind.For(Process(process)).Where(kind => !kind.Adaptive).Select(kind => kind.Name))
            {
                var drawn = SamplerKind.Create(name, Process(process), 1).Draw(Blobs.Denoiser(), zeros(200, ScalarType.Int64), [2], seed: 1);
                Assert.InRange((drawn - tensor(new[] { -1, 0.4f })).norm(1).max().item<float>(), 0, 0.25);
            }
        }
    }

    [Fact]
    public void An_adaptive_sampler_never_leaves_its_path()
    {
        foreach (double[] times in (double[][])[[0, 1], [0, 0.5, 1], [0, 0.25]])
        {
            var denoiser = new Watched(Blobs.Denoiser());
            var labels = zeros(5, ScalarType.Int64);
            var sampler = new OdeSampler(new LinearPath(), times, new Dopri5(new() { AbsoluteTolerance = 0.1, RelativeTolerance = 0.1 }));
            Assert.True(sampler.Draw(denoiser, labels, [2], seed: 0).isfinite().all().item<bool>());
            Assert.All(denoiser.Levels, level => Assert.True(level.Alpha >= 0 && level.Alpha <= times[^1] && level.Sigma >= 1 - times[^1], $"{level}"));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new OdeSampler(new LinearPath(), [0, 1.1]));
        Assert.Throws<ArgumentException>(() => new OdeSampler(new LinearPath(), []));
    }

    [Fact]
    public void An_adaptive_sampler_stops_within_its_one_step()
    {
        using var source = new CancellationTokenSource();
        var denoiser = new Watched(Blobs.Denoiser()) { Asked = source.Cancel };
        Assert.ThrowsAny<OperationCanceledException>(
            () => new OdeSampler(new LinearPath(), [0, 1]).Sample(denoiser, zeros(5, ScalarType.Int64), 0, null, source.Token));
        Assert.InRange(denoiser.Evaluations, 1, 8);
    }

    private static NoisingProcess Process(string name) => name switch
    {
        "ddpm" => new DiscreteProcess(Schedule),
        "flow" => new ContinuousProcess(new LinearPath()),
        _ => new ContinuousProcess(new VarianceExplodingPath()),
    };

    private static IDenoiser Family(string name) => name switch
    {
        "ddpm" => new DdpmDenoiser(Network(Blobs.Classes + 1), Schedule, Blobs.Classes, 0.1),
        "flow" => new FlowDenoiser(Network(Blobs.Classes + 1), Blobs.Classes, 0.1),
        "edm" => new EdmDenoiser(Network(Blobs.Classes + 1), Blobs.Classes, 0.1),
        _ => Blobs.Denoiser(),
    };

    private static Veer.Networks.ResidualMlp Network(int labels, int? outputs = null) =>
        RandomWeights.Network(new() { Dimensions = 2, Labels = labels, Outputs = outputs, Width = 8, Layers = 1, FourierFeatures = 0, TimeFeatures = 2 });

    private static IDenoiser Guided(GuidanceKind guidance, IDenoiser denoiser, NoisingProcess process, int steps) => guidance.Create(
        new(denoiser)
        {
            Classifier = new NetworkClassifier(Network(0, Blobs.Classes), Schedule, Blobs.Classes),
            Guide = Blobs.Denoiser(2),
            Data = new(Blobs.Points(9).to(ScalarType.Float32), Blobs.Labels(9), Blobs.Classes),
            Process = process,
            Levels = process.Levels(steps),
        },
        Scale);

    /// <summary>Remembers where it was asked.</summary>
    private sealed class Watched(IDenoiser denoiser) : IDenoiser
    {
        public int Evaluations { get; set; }

        public List<NoiseLevel> Levels { get; } = [];

        public Action Asked { get; init; } = () => { };

        public DenoiserInfo Info => denoiser.Info;

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
        {
            Evaluations++;
            Levels.Add(level);
            Asked();
            return denoiser.Predict(x, level, label, context);
        }
    }
}
