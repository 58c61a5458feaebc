using Veer.Diffusion;
using Veer.Formats;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ModelFolderTests() => ModelFolder.Save(folder.Path, RandomWeights.Network(), new ModelConfig
    {
        Kind = "denoiser",
        Network = RandomWeights.Shape,
        Classes = 3,
        LabelDropout = 0.1,
        Schedule = "cosine",
        Timesteps = 100,
    });

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_saved_is_loaded_to_the_bit()
    {
        var x = RandomKey.From(0, "points").Normal(0, 6, [3]);
        var labels = tensor(new long[] { 0, 1, 2, 3, 0, 1 });
        var (network, config) = ModelFolder.Load(folder.Path);
        Assert.True(ModelFolder.Exists(folder.Path));
        Assert.Equal(("denoiser", 3, 0.1), (config.Kind, config.Classes, config.LabelDropout));
        Assert.Equal(("cosine", 100), (config.Schedule, config.Timesteps));
        Assert.Equal(RandomWeights.Shape, config.Network);
        Assert.True(AnyTensor.Same(
            RandomWeights.Network().forward(x, full(1, 0.3), labels).detach(), network.forward(x, full(1, 0.3), labels).detach()));
    }

    [Fact]
    public void A_loaded_network_outlives_the_scope_it_was_loaded_in()
    {
        NetworkDenoiser denoiser;
        using (NewDisposeScope()) denoiser = Model.Load(folder.Path);
        Assert.Equal([2, 3], denoiser.Predict(zeros(2, 3), new(0.6, 0.8), zeros(2, ScalarType.Int64)).Clean.shape);
    }

    [Theory]
    [InlineData("\"width\": 8", "\"width\": 8192", "config.json: network: found a shape of at least ")]
    [InlineData("\"timesteps\": 100", "\"timesteps\": 2000000000", "config.json: document: found The field Timesteps must be between 1 and 1000000")]
    [InlineData("\"classes\": 3", "\"classes\": 9", "config.json: classes: found 9, expected 4, the labels of its network")]
    public void A_configuration_that_asks_for_more_than_the_weights_is_refused_before_memory_is_taken(string given, string other, string message)
    {
        string path = folder.File("config.json"), text = File.ReadAllText(path);
        Assert.Contains(given, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(given, other, StringComparison.Ordinal));
        Refusal.Of(() => ModelFolder.Load(folder.Path), message);
    }

    [Theory]
    [InlineData("input.weight")]
    [InlineData("blocks.1.weight")]
    [InlineData("timeFrequencies")]
    public void A_missing_tensor_is_named(string name)
    {
        ChangeWeights(weights => weights.Remove(name));
        Refusal.Of(() => ModelFolder.Load(folder.Path), "model.safetensors", name, "found no such tensor, expected a float32 tensor [");
    }

    [Fact]
    public void Weights_that_are_not_finite_are_named()
    {
        ChangeWeights(weights => weights["head.bias"] = weights["head.bias"] / 0);
        Refusal.Of(() => ModelFolder.Load(folder.Path), "model.safetensors: head.bias: found numbers that are not finite, expected finite weights");
    }

    [Fact]
    public void A_tensor_too_many_or_of_another_shape_or_type_is_named()
    {
        ChangeWeights(weights => weights["blocks.2.weight"] = zeros(8, 8));
        Refusal.Of(() => ModelFolder.Load(folder.Path), "blocks.2.weight: found a float32 tensor [8, 8], expected no such tensor");
        ChangeWeights(weights =>
        {
            weights.Remove("blocks.2.weight");
            weights["head.bias"] = zeros(4);
        });
        Refusal.Of(() => ModelFolder.Load(folder.Path), "head.bias: found a float32 tensor [4], expected a float32 tensor [3]");
        ChangeWeights(weights => weights["head.bias"] = zeros(3, ScalarType.Int32));
        Refusal.Of(() => ModelFolder.Load(folder.Path), "head.bias: found a int32 tensor [3], expected a float32 tensor [3]");
    }

    [Theory]
    [InlineData("\"classes\": 3", "\"classes\": 3, \"colour\": 1", "colour")]
    [InlineData("\"width\": 8", "\"width\": \"8\"", "$.network.width")]
    [InlineData("\"width\": 8", "\"width\": -1", "network: found ")]
    [InlineData("\"dimensions\": 3", "\"dimensions\": 0", "Dimensions")]
    [InlineData("\"dimensions\": 3,", "", "dimensions")]
    [InlineData("\"kind\": \"denoiser\"", "\"kind\": null", "kind")]
    [InlineData("\"layers\": 2", "\"layers\": 3", "blocks.2.weight")]
    [InlineData("{", "", "config.json")]
    public void A_fault_in_the_configuration_is_named(string text, string replaced, string named)
    {
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(text, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(text, replaced, StringComparison.Ordinal));
        Refusal.Of(() => ModelFolder.Load(folder.Path), named);
    }

    [Fact]
    public void Fewer_steps_than_the_schedule_can_have_are_refused()
    {
        string config = File.ReadAllText(folder.File("config.json"));
        File.WriteAllText(folder.File("config.json"), config.Replace("\"cosine\"", "\"linear\"", StringComparison.Ordinal).Replace("\"timesteps\": 100", "\"timesteps\": 10", StringComparison.Ordinal));
        Refusal.Of(() => Model.Load(folder.Path), "timesteps: found 10, expected 21 or more");
    }

    [Fact]
    public void New_weights_never_stand_beside_an_earlier_configuration()
    {
        var (network, config) = ModelFolder.Load(folder.Path);
        ModelFolder.Save(folder.File("twice"), network, config);
        File.Delete(folder.File("twice/model.safetensors"));
        // where they cannot be written, as there is a folder of their name
        Directory.CreateDirectory(folder.File("twice/model.safetensors/full"));
        Assert.ThrowsAny<IOException>(() => ModelFolder.Save(folder.File("twice"), network, config));
        Assert.False(File.Exists(folder.File("twice/config.json")));
    }

    [Fact]
    public void A_folder_without_a_model_is_refused()
    {
        Refusal.Of(() => Postprocessor.Load(folder.Path), "kind: found 'denoiser', expected 'postprocessor'");
        File.Delete(folder.File("model.safetensors"));
        Assert.False(ModelFolder.Exists(folder.Path));
        Refusal.Of(() => Model.Load(folder.Path), "model.safetensors");
        File.Delete(folder.File("config.json"));
        Refusal.Of(() => Model.Load(folder.Path), "config.json", "no such file");
    }

    private void ChangeWeights(Action<Dictionary<string, Tensor>> change)
    {
        var weights = Safetensors.Read(folder.File("model.safetensors")).Tensors.ToDictionary();
        change(weights);
        Safetensors.Write(folder.File("model.safetensors"), weights);
    }
}
