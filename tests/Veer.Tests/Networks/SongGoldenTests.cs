using System.Text.Json;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>Against EDM's <c>EDMPrecond</c> of <c>SongUNet</c>.</summary>
public sealed class SongGoldenTests
{
    public static TheoryData<int> Counts => [.. Enumerable.Range(0, Scalars.GetProperty("param_counts").GetArrayLength())];

    private static JsonElement Scalars { get; } = SongCase.Index.GetProperty("scalars");

    [Theory]
    [InlineData("edm_net_a")]
    [InlineData("edm_net_full")]
    public void Answers_and_gradients_are_those_of_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var golden = new SongCase(name);
        using var network = golden.Network();
        var parameters = network.named_parameters().ToArray();
        Assert.Equal(golden.ParameterNames, parameters.Select(p => p.name));
        var sums = stack(parameters.Select(p => p.parameter.to(ScalarType.Float64).sum()));
        Near.Absolute(golden.Numbers["param_sum"], sums, 1e-6);

        var found = golden.Denoised(network, golden.Labels);
        Assert.Equal(ScalarType.Float32, found.dtype);
        NearEach(golden.Numbers["out"], found, golden.OutputTolerance);
        NearEach(golden.Numbers["out_f64"], found, golden.OutputTolerance);
        using (no_grad())
        {
            NearEach(golden.Numbers["out_no_labels"], golden.Denoised(network, golden.NoLabels), golden.OutputTolerance);
            var augmented = golden.Denoised(network, golden.Labels, golden.Numbers["augment_labels"]);
            NearEach(golden.Numbers["out_augment"], augmented, golden.OutputTolerance);
        }
        CheckGradients(golden, autograd.grad([found.square().sum()], [.. parameters.Select(p => p.parameter)]));
    }

    [Fact]
    public void A_denoiser_answers_as_the_reference_at_each_sigma()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var golden = new SongCase("edm_net_a");
        var denoiser = new EdmDenoiser(golden.Network(), classes: 10, labelDropout: 0);
        float[] sigmas = golden.Numbers["sigma"].data<float>().ToArray();
        for (int row = 0; row < sigmas.Length; row++)
        {
            var (x, label) = (golden.Numbers["x"].narrow(0, row, 1), golden.Labels.narrow(0, row, 1));
            var clean = denoiser.Predict(x, new(1, sigmas[row]), label).Clean;
            NearEach(golden.Numbers["out"].narrow(0, row, 1), clean, golden.OutputTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_network_has_as_many_parameters_as_the_reference(int index)
    {
        var entry = Scalars.GetProperty("param_counts")[index];
        using var network = new SongUNet(SongCase.Shape(entry.GetProperty("config")), new(1));
        Assert.Equal(entry.GetProperty("num_params").GetInt64(), network.parameters().Sum(p => p.numel()));
        if (entry.GetProperty("name").GetString() != "ddpm++ cond augment") return;
        Assert.Equal(
            Scalars.GetProperty("parameter_list_ddpmpp_cond_augment").EnumerateArray()
                .Select(pair => $"{pair[0].GetString()} [{string.Join(",", pair[1].EnumerateArray())}]"),
            network.named_parameters().Select(p => $"{p.name} [{string.Join(",", p.parameter.shape)}]"));
    }

    [Fact]
    public void A_file_of_the_references_names_loads_as_a_denoiser()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var golden = new SongCase("edm_net_a");
        Safetensors.Write(folder.File("model.safetensors"), golden.Weights()!);
        var config = new ModelConfig { Kind = "denoiser", Network = golden.Options, Classes = 10, SigmaData = 0.5, Shape = [3, 16, 16] };
        File.WriteAllText(folder.File("config.json"), config.ToJson());
        var denoiser = Model.Load(folder.Path);
        Assert.Equal([3, 16, 16], denoiser.SampleShape);
        Assert.False(denoiser.Info.KnowsNullLabel);
        var found = denoiser.Predict(golden.Numbers["x"].narrow(0, 1, 1), new(1, 0.5), golden.Labels.narrow(0, 1, 1));
        NearEach(golden.Numbers["out"].narrow(0, 1, 1), found.Clean, golden.OutputTolerance);
    }

    private static void CheckGradients(SongCase golden, IEnumerable<Tensor> gradients)
    {
        var gradient = golden.ParameterNames.Zip(gradients).ToDictionary(p => p.First, p => p.Second.to(ScalarType.Float64));
        foreach (string stored in golden.GradientsStored)
        {
            var expected = golden.Numbers["grad." + stored].to(ScalarType.Float64);
            Assert.InRange((gradient[stored] - expected).norm().item<double>() / expected.norm().item<double>(), 0, golden.GradientTolerance);
        }
        double[] lengths = golden.Numbers["grad_l2"].data<double>().ToArray();
        foreach (var (name, expected) in golden.ParameterNames.Zip(lengths))
        {
            double found = gradient[name].norm().item<double>();
            if (golden.ZeroGradients.Contains(name)) Assert.Equal(0, found);
            else Assert.InRange(found / expected, 1 - golden.GradientTolerance, 1 + golden.GradientTolerance);
        }
    }

    private static void NearEach(Tensor expected, Tensor found, double tolerance)
    {
        for (int row = 0; row < expected.shape[0]; row++) Near.LargestValue(expected[row], found[row], tolerance);
    }
}
