using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public sealed class AdmFolderTests : FolderTests
{
    private static readonly ModelConfig Config = new()
    {
        Kind = "denoiser",
        Network = RandomUNet.Shape,
        Classes = 3,
        LabelDropout = 0.1,
        Schedule = "linear",
        Timesteps = 1000,
    };

    [Fact]
    public void What_was_saved_is_loaded_to_the_bit()
    {
        var network = RandomUNet.Network();
        ModelFolder.Save(folder.Path, network, Config);
        var (loaded, config) = ModelFolder.Load(folder.Path);
        Assert.Equal(Config, config);
        Assert.True(AnyTensor.Same(network.state_dict(), Assert.IsType<AdmUNet>(loaded).state_dict()));
        Assert.False(loaded.training);
        Assert.Equal([2, 1, 8, 8], Model.Load(folder.Path).Predict(zeros(2, 1, 8, 8), new(0.6, 0.8), zeros(2, ScalarType.Int64)).Clean.shape);
    }

    [Fact]
    public void An_encoder_is_loaded_as_a_noisy_classifier()
    {
        ModelFolder.Save(folder.Path, RandomUNet.Classifier(), Config with { Kind = "classifier", Network = RandomUNet.Encoder });
        var found = Model.LoadClassifier(folder.Path).LogProbability(RandomUNet.Images(2), new(0.6, 0.8));
        Assert.Equal([2, 3], found.shape);
        Near.Absolute(ones(2), found.exp().sum(1), 1e-6);
    }

    [Fact]
    public void A_file_of_the_references_names_loads_and_answers_as_it_does()
    {
        var golden = new AdmCase("adm_a");
        Safetensors.Write(folder.File("model.safetensors"), golden.Weights()!);
        var config = new ModelConfig { Kind = "denoiser", Network = golden.UNetOptions, Classes = 10, LabelDropout = 0.1 };
        File.WriteAllText(folder.File("config.json"), config.ToJson());
        var (network, _) = ModelFolder.Load(folder.Path);
        Near.LargestValue(golden.Numbers["out"], network.forward(golden.Numbers["x"], golden.Numbers["t"], golden.Numbers["y"]), golden.OutputTolerance);
    }

    [Fact]
    public void A_tensor_that_is_missing_or_extra_or_of_another_shape_is_named()
    {
        ModelFolder.Save(folder.Path, RandomUNet.Network(), Config);
        var whole = Safetensors.Read(folder.File("model.safetensors")).Tensors;

        Write(weights => weights.Remove("middle_block.1.qkv.weight"));
        Refusal.Of(Load, "model.safetensors", "middle_block.1.qkv.weight: found no such tensor, expected a float32 tensor [192, 64, 1]");
        Write(weights => weights["output_blocks.9.0.in_layers.0.weight"] = ones(32));
        Refusal.Of(Load, "output_blocks.9.0.in_layers.0.weight: found a float32 tensor [32], expected no such tensor");
        Write(weights => weights["input_blocks.0.0.weight"] = zeros(32, 3, 3, 3));
        Refusal.Of(Load, "input_blocks.0.0.weight: found a float32 tensor [32, 3, 3, 3], expected a float32 tensor [32, 1, 3, 3]");

        void Load() => ModelFolder.Load(folder.Path);

        void Write(Action<Dictionary<string, Tensor>> change)
        {
            var weights = whole.ToDictionary();
            change(weights);
            Safetensors.Write(folder.File("model.safetensors"), weights);
        }
    }

    [Theory]
    [InlineData("\"channels\": 32", "\"channels\": 48", "Channels: a width of 48 cannot be normalised in 32 groups")]
    [InlineData("\"channels\": 32", "\"channels\": 64", "time_embed.0.weight")]
    [InlineData("\"heads\": 2", "\"heads\": 3", "64 channels cannot be shared among 3 heads")]
    [InlineData("\"heads\": 2", "\"head_channels\": 48", "64 channels cannot be shared among heads of 48 channels")]
    [InlineData("\"residual_blocks\": 1", "\"residual_blocks\": 0", "ResidualBlocks")]
    [InlineData("\"dropout\": 0", "\"dropout\": 1", "Dropout")]
    [InlineData("1,\n      2", "1,\n      0", "Each number of ChannelMultipliers must be between 1 and 64")]
    [InlineData("1,\n      2", "", "ChannelMultipliers")]
    [InlineData("1,\n      2", "1,\n      \"a\"", "$.unet.channel_multipliers")]
    [InlineData("\"unet\": {", "\"linear\": { \"dimensions\": 1, \"outputs\": 2 }, \"unet\": {", "unet: found a second network's shape")]
    public void A_fault_in_the_configuration_is_named(string text, string replaced, string named)
    {
        ModelFolder.Save(folder.Path, RandomUNet.Network(), Config);
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(text, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(text, replaced, StringComparison.Ordinal));
        Refusal.Of(() => ModelFolder.Load(folder.Path), named);
    }

    [Fact]
    public void Shapes_that_no_network_can_have_are_refused_where_one_is_made()
    {
        Assert.Throws<ArgumentException>(() => new AdmUNet(RandomUNet.Shape with { Channels = 48 }, new(1)));
        Assert.Throws<ArgumentException>(() => new AdmUNet(RandomUNet.Shape with { Heads = 3 }, new(1)));
    }

    [Fact]
    public void Shapes_are_equal_and_printed_by_their_numbers()
    {
        var (one, same) = (RandomUNet.Shape, RandomUNet.Shape with { ChannelMultipliers = [.. RandomUNet.Shape.ChannelMultipliers] });
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, one with { ChannelMultipliers = [2, 1] });
        Assert.NotEqual(one, one with { AttentionAt = [] });
        Assert.Contains("ChannelMultipliers = [1, 2]", $"{one}", StringComparison.Ordinal);
    }
}
