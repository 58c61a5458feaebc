using Veer.Diffusion;
using Veer.Guidance;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public sealed class ClassifierFolderTests : IDisposable
{
    /// <summary>What a denoiser's folder held before there were classifiers.</summary>
    private const string OldConfig = """
        {
          "kind": "denoiser",
          "network": {
            "dimensions": 3,
            "labels": 4,
            "width": 8,
            "layers": 2,
            "fourier_features": 5,
            "fourier_frequency": 10,
            "time_features": 4
          },
          "classes": 3,
          "label_dropout": 0.1,
          "schedule": "linear",
          "timesteps": 1000
        }
        """;

    private static readonly ModelConfig Config = new() { Kind = "classifier", Classes = 2, Schedule = "cosine", Timesteps = 100 };
    private static readonly Tensor Points = RandomKey.From(0, "points").Normal(0, 6, [3]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_classifier_comes_back_to_the_bit(bool linear)
    {
        var network = linear ? Linear() : RandomWeights.Network(Mlp);
        Save(linear, network);
        var (loaded, config) = ModelFolder.Load(folder.Path);
        Assert.Equal(linear ? Shape : (INetworkOptions)Mlp, config.Network);
        Assert.True(AnyTensor.Same(network.state_dict(), loaded.state_dict()));
        var schedule = NoiseSchedule.Cosine(100);
        var expected = new NetworkClassifier(network, schedule, 2).LogProbability(Points, schedule.LevelAt(30));
        var classifier = Model.LoadClassifier(folder.Path);
        Assert.Equal(2, classifier.Classes);
        Assert.True(AnyTensor.Same(expected.detach(), classifier.LogProbability(Points, schedule.LevelAt(30)).detach()));
    }

    [Fact]
    public void A_folder_of_another_kind_is_refused()
    {
        Save(linear: true, Linear());
        Refusal.Of(() => Model.Load(folder.Path), "kind: found 'classifier', expected 'denoiser'");
        ModelFolder.Save(folder.Path, RandomWeights.Network(), Config with { Kind = "denoiser", Network = RandomWeights.Shape });
        Refusal.Of(() => Model.LoadClassifier(folder.Path), "kind: found 'denoiser', expected 'classifier'");
    }

    [Theory]
    [InlineData("\"linear\": {", "\"network\": {", "$.network: found no ")]
    [InlineData("\"outputs\": 2", "\"outputs\": 1", "linear: found ")]
    [InlineData("\"outputs\": 2", "\"outputs\": 3", "layer.weight")]
    [InlineData("\"kind\"", "\"network\": { \"dimensions\": 3, \"labels\": 0 }, \"kind\"", "linear: found a second network's shape")]
    public void A_fault_in_the_description_of_the_network_is_named(string text, string replaced, string named)
    {
        Save(linear: true, Linear());
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(text, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(text, replaced, StringComparison.Ordinal));
        Refusal.Of(() => ModelFolder.Load(folder.Path), named);
    }

    [Fact]
    public void A_configuration_without_a_network_is_refused()
    {
        ModelFolder.Save(folder.Path, Linear(), Config);
        Refusal.Of(() => ModelFolder.Load(folder.Path), "network: found none, expected a network's shape, under 'network', 'linear', 'unet', 'song'");
    }

    [Fact]
    public void A_denoiser_saved_before_there_were_classifiers_loads_and_is_saved_the_same()
    {
        ModelFolder.Save(folder.Path, RandomWeights.Network(), Config with { Kind = "denoiser", Network = RandomWeights.Shape });
        File.WriteAllText(folder.File("config.json"), OldConfig);
        Assert.Equal([6, 3], Model.Load(folder.Path).Predict(Points, new(0.6, 0.8), zeros(6, ScalarType.Int64)).Clean.shape);
        var (network, config) = ModelFolder.Load(folder.Path);
        Assert.Equal(RandomWeights.Shape, config.Network);
        ModelFolder.Save(folder.Path, network, config);
        Assert.Equal(Lines(OldConfig), Lines(File.ReadAllText(folder.File("config.json"))));

        static IEnumerable<string> Lines(string text) =>
            text.Split('\n').Select(line => line.Trim().TrimEnd(',')).Where(line => line.Length > 0).Order();
    }

    private static LinearClassifierOptions Shape { get; } = new() { Dimensions = 3, Outputs = 2 };

    private static ResidualMlpOptions Mlp { get; } = RandomWeights.Shape with { Labels = 0, Outputs = 2 };

    private static ConditionalNetwork Linear()
    {
        var network = ModelFolder.Create(Shape, default);
        using var quiet = no_grad();
        foreach (var weight in network.parameters()) weight.copy_(RandomKey.From(3, "weights").Normal(0, 1, weight.shape).squeeze(0));
        return network;
    }

    private void Save(bool linear, nn.Module network) =>
        ModelFolder.Save(folder.Path, network, Config with { Network = linear ? Shape : Mlp });
}
