using TorchSharp.Modules;
using Veer.Data;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

/// <summary>A network that is none of the library's, with a shape of its own.</summary>
public sealed class OwnNetworkTests : FolderTests
{
    private static readonly TrainingOptions Brief = new() { Steps = 20, BatchSize = 16, LearningRate = 0.01 };

    public OwnNetworkTests() => NetworkKinds.Register<PlaneOptions>("plane");

    [Theory]
    [InlineData("ddpm")]
    [InlineData("flow")]
    [InlineData("edm")]
    public void A_denoiser_of_it_is_trained_saved_and_loaded(string family)
    {
        var options = new DenoiserOptions { Family = family, Training = Brief };
        using var trained = DenoiserTraining.Fit(Points(0), options, new() { Network = new PlaneOptions { Gain = 2 } }, TestContext.Current.CancellationToken);
        trained.Save(folder.Path);
        Assert.Contains("\"plane\": {\n    \"gain\": 2\n  }", File.ReadAllText(folder.File("config.json")), StringComparison.Ordinal);
        using var loaded = Model.Load(folder.Path);
        Assert.Equal(trained.GetType(), loaded.GetType());
        Assert.True(AnyTensor.Same(Clean(trained), Clean(loaded)));
        // as samplers of EDM ask
        Assert.Equal(ScalarType.Float64, loaded.Predict(Points(0).Points.to(ScalarType.Float64), new(0.6, 0.8), zeros(20, ScalarType.Int64)).Clean.dtype);

        static Tensor Clean(NetworkDenoiser denoiser)
        {
            using var quiet = no_grad();
            return denoiser.Predict(Points(0).Points, new(0.6, 0.8), zeros(20, ScalarType.Int64)).Clean;
        }
    }

    [Fact]
    public void A_classifier_and_a_postprocessor_of_it_are_saved_and_loaded()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var classifier = ClassifierTraining.Fit(Points(0) with { Classes = 2 }, new() { Training = Brief }, new() { Network = new PlaneOptions() }, cancellation);
        classifier.Save(folder.File("classifier"));
        using var again = Model.LoadClassifier(folder.File("classifier"));
        Assert.Equal(classifier.SampleShape, again.SampleShape);
        using var flow = Postprocessor.Fit(Points(0), Points(1), new() { Training = Brief }, new() { Network = new PlaneOptions(), Folder = folder.File("flow") }, cancellation);
        using var loaded = Postprocessor.Load(folder.File("flow"));
        Assert.True(AnyTensor.Same(flow.Apply(Points(0).Points, cancellation: cancellation).Samples, loaded.Apply(Points(0).Points, cancellation: cancellation).Samples));
    }

    [Fact]
    public void A_shape_of_no_registered_kind_is_refused_before_it_is_trained_for_a_folder_and_trained_in_memory()
    {
        var told = new List<TrainingProgress>();
        var run = new DenoiserRun { Network = new UnknownOptions(), Folder = folder.Path, Progress = new SynchronousProgress<TrainingProgress>(told.Add) };
        var options = new DenoiserOptions { Training = Brief };
        var fault = Assert.Throws<ArgumentException>(() => DenoiserTraining.Fit(Points(0), options, run, TestContext.Current.CancellationToken));
        Assert.Contains("NetworkKinds.Register<UnknownOptions>", fault.Message, StringComparison.Ordinal);
        Assert.Empty(told);
        using var trained = DenoiserTraining.Fit(Points(0), options, run with { Folder = null }, TestContext.Current.CancellationToken);
        Assert.Single(told);
        Assert.Throws<ArgumentException>(() => trained.Save(folder.Path));
    }

    [Theory]
    [InlineData("network")]
    [InlineData("kind")]
    [InlineData("classes")]
    public void A_field_that_is_taken_is_refused(string field) =>
        Assert.Throws<ArgumentException>(() => NetworkKinds.Register<UnknownOptions>(field));

    [Fact]
    public void A_shape_has_one_field() => Assert.Throws<ArgumentException>(() => NetworkKinds.Register<PlaneOptions>("another"));

    [Fact]
    public void A_denoiser_made_by_hand_is_saved_with_a_configuration()
    {
        using var made = new FlowDenoiser(new Plane(1), 1, 0);
        Assert.Throws<InvalidOperationException>(() => made.Save(folder.Path));
    }

    private static LabeledData Points(float place) => new(full([20, 2], place, ScalarType.Float32) + arange(40).reshape(20, 2) / 40, zeros(20, ScalarType.Int64), 1);

    private sealed record PlaneOptions : INetworkOptions
    {
        public double Gain { get; init; } = 1;

        public ConditionalNetwork Create(RandomKey key) => new Plane(Gain);
    }

    private sealed record UnknownOptions : INetworkOptions
    {
        public ConditionalNetwork Create(RandomKey key) => new Plane(1);
    }

    /// <summary>gain · (W x + b).</summary>
    private sealed class Plane : ConditionalNetwork
    {
        private readonly double gain;
        private readonly Linear layer = nn.Linear(2, 2);

        public Plane(double gain)
            : base(nameof(Plane))
        {
            this.gain = gain;
            RegisterComponents();
            using var quiet = no_grad();
            layer.weight!.zero_();
            layer.bias!.zero_();
        }

        public override Tensor forward(Tensor x, Tensor t, Tensor? labels) => layer.forward(x.to(layer.weight!.dtype)).mul(gain);
    }
}
