using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class NetworkClassifierTests : IDisposable
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor labels = tensor(new long[] { 0, 1, 2, 3, 1 });
    private readonly ConditionalNetwork network =
        RandomWeights.Network(RandomWeights.Shape with { Labels = 0, Outputs = 4 });

    public static TheoryData<double, double> Levels => new(
        (0.6, 0.8), (0.999, Math.Sqrt(1 - 0.999 * 0.999)), // variance preserving
        (1, 0.05), (1, 20), // variance exploding
        (0.5, 0.5), (0.05, 0.95)); // linear

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Levels))]
    public void Gradient_is_that_of_finite_differences(double signal, double noise)
    {
        const double Step = 1e-5;
        network.to(ScalarType.Float64);
        var (classifier, level, x) = (Classifier(), new NoiseLevel(signal, noise), Points().to(ScalarType.Float64));
        using var quiet = no_grad();
        var found = classifier.LogProbabilityGradient(x, level, labels);
        for (int axis = 0; axis < 3; axis++)
        {
            var shift = zeros(3, ScalarType.Float64);
            shift[axis] = Step;
            var slope = (Chosen(x + shift) - Chosen(x - shift)) / (2 * Step);
            Assert.True(slope.abs().max().item<double>() > 1e-3);
            Near.Absolute(slope, found.select(1, axis), 1e-6);
        }

        Tensor Chosen(Tensor at) => classifier.LogProbability(at, level).gather(1, labels.unsqueeze(1)).squeeze(1);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void At_any_level_it_answers_as_on_its_own_path_at_the_same_ratio(double signal, double noise)
    {
        double length = Math.Sqrt(signal * signal + noise * noise);
        var (level, preserving) = (new NoiseLevel(signal, noise), new NoiseLevel(signal / length, noise / length));
        var (classifier, x) = (Classifier(), Points());
        Near.Absolute(classifier.LogProbability(x, preserving), classifier.LogProbability(x * length, level), 1e-4);
        var slope = classifier.LogProbabilityGradient(x, preserving, labels) / length;
        Near.LargestValue(slope, classifier.LogProbabilityGradient(x * length, level, labels), 1e-3);
    }

    [Fact]
    public void On_a_step_of_its_schedule_the_network_is_asked_at_t_over_T_and_its_answer_is_a_probability()
    {
        var found = Classifier().LogProbability(Points(), Schedule.LevelAt(500));
        Near.Absolute(network.forward(Points(), full(1, 0.5f), null!).log_softmax(1), found, 1e-5);
        Near.Absolute(ones(5), found.exp().sum(1), 1e-6);
    }

    [Fact]
    public void Asking_leaves_no_gradient_behind_and_no_tensor_but_the_answer()
    {
        var (classifier, x) = (Classifier(), Points().requires_grad_());
        using var quiet = no_grad();
        classifier.LogProbabilityGradient(x, new(0.6, 0.8), labels);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var found = classifier.LogProbabilityGradient(x, new(0.6, 0.8), labels);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.False(found.requires_grad);
        Assert.False(is_grad_enabled());
        Assert.True(x.grad is null);
        Assert.All(network.parameters(), weight => Assert.True(weight.grad is null));
    }

    [Fact]
    public void It_guides()
    {
        var denoiser = new DdpmDenoiser(RandomWeights.Network(RandomWeights.Shape with { Labels = 5 }), Schedule, 4, 0.1);
        var (classifier, level, x) = (Classifier(), new NoiseLevel(0.6, 0.8), Points());
        var plain = denoiser.Predict(x, level, full_like(labels, 4));
        var guided = new ClassifierGuidance(denoiser, classifier, 2).Predict(x, level, labels);
        Near.Absolute(plain.Noise - 1.6 * classifier.LogProbabilityGradient(x, level, labels), guided.Noise, 1e-5);
        Assert.False(AnyTensor.Same(plain.Noise.detach(), guided.Noise.detach()));
    }

    private NetworkClassifier Classifier() => new(network, Schedule, classes: 4);

    private static Tensor Points() => RandomKey.From(0, "points").Normal(0, 5, [3]);
}
