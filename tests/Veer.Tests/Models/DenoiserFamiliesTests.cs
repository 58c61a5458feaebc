using Veer.Data;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public sealed class DenoiserFamiliesTests : FolderTests
{
    [Fact]
    public void Each_family_says_what_it_is_once()
    {
        Assert.Equal(["ddpm", "flow", "edm"], DenoiserFamilies.All.Take(3).Select(family => family.Name));
        Assert.All(DenoiserFamilies.All, family => Assert.NotEmpty(family.Title + family.Predicts));
        Assert.Same(DenoiserFamilies.Ddpm, DenoiserFamilies.Named(null));
        Refusal.Of(() => DenoiserFamilies.Named("gan"), "family: found 'gan', expected one of ddpm, flow, edm");
    }

    [Fact]
    public void A_folder_that_names_no_family_is_refused()
    {
        ModelFolder.Save(folder.Path, RandomWeights.Network(), new() { Kind = "denoiser", Network = RandomWeights.Shape, Classes = 3, Family = "gan" });
        Refusal.Of(() => Model.Load(folder.Path), folder.Path, "family: found 'gan'");
    }

    [Fact]
    public void A_family_of_ones_own_is_trained_and_loaded()
    {
        DenoiserFamilies.All.Add(new SecondFlow());
        Assert.Throws<ArgumentException>(() => DenoiserFamilies.All.Add(new SecondFlow()));
        var data = new LabeledData(arange(40).reshape(20, 2) / 40, zeros(20, ScalarType.Int64), 1);
        using var trained = DenoiserTraining.Fit(
            data, new() { Family = "second-flow", Training = new() { Steps = 2, BatchSize = 4 } }, new() { Folder = folder.Path }, TestContext.Current.CancellationToken);
        using var loaded = Model.Load(folder.Path);
        Assert.IsType<FlowDenoiser>(loaded);
    }

    private sealed class SecondFlow : DenoiserFamily
    {
        public override string Name => "second-flow";

        public override string Title => Name;

        public override string Predicts => "the velocity";

        public override NoisingProcess Process(DenoiserOptions options) => new ContinuousProcess(new LinearPath());

        public override NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config, string file) =>
            new FlowDenoiser(network, config.Classes, config.LabelDropout);

        public override IObjective Objective(ConditionalNetwork network, ModelConfig config, LabeledData data, DenoiserOptions options) =>
            new RectifiedFlowObjective(network, data, options.LabelDropout);
    }
}
