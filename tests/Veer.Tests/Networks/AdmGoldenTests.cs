using Veer.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>Against guided-diffusion's <c>UNetModel</c> and <c>EncoderUNetModel</c>.</summary>
public sealed class AdmGoldenTests
{
    public static TheoryData<string> Cases => [.. AdmCase.Names];

    public static TheoryData<int> Counts => [.. Enumerable.Range(0, Shapes.GetProperty("counts").GetArrayLength())];

    private static System.Text.Json.JsonElement Shapes { get; } = GoldenFile.Json("adm_param_counts.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Answers_and_gradients_are_those_of_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var golden = new AdmCase(name);
        using var network = golden.Network();
        var parameters = network.named_parameters().ToArray();
        Assert.Equal(golden.ParameterNames, parameters.Select(p => p.name));
        var sums = stack(parameters.Select(p => p.parameter.to(ScalarType.Float64).sum()));
        Near.Absolute(golden.Numbers["param_sum"], sums, 1e-6);

        var x = golden.Numbers["x"].requires_grad_();
        var found = network.forward(x, golden.Numbers["t"], golden.Numbers.GetValueOrDefault("y")!);
        Assert.Equal(ScalarType.Float32, found.dtype);
        Near.LargestValue(golden.Numbers["out"], found, golden.OutputTolerance);
        Near.LargestValue(golden.Numbers["out_f64"], found, golden.OutputTolerance);

        var gradients = autograd.grad([found.square().sum()], [x, .. parameters.Select(p => p.parameter)]);
        Near.LargestValue(golden.Numbers["grad.x"], gradients[0], golden.InputGradientTolerance);
        var gradient = golden.ParameterNames.Zip(gradients.Skip(1)).ToDictionary(p => p.First, p => p.Second.to(ScalarType.Float64));
        foreach (string stored in golden.GradientsStored)
        {
            var expected = golden.Numbers["grad." + stored].to(ScalarType.Float64);
            Assert.InRange((gradient[stored] - expected).norm().item<double>() / expected.norm().item<double>(), 0, golden.GradientTolerance);
        }
        CheckLengths(golden, gradient);
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_network_has_as_many_parameters_as_the_reference(int index)
    {
        var entry = Shapes.GetProperty("counts")[index];
        using var network = new AdmUNet(AdmCase.UNet(entry.GetProperty("config")), new(1));
        Assert.Equal(entry.GetProperty("num_params").GetInt64(), network.parameters().Sum(p => p.numel()));
        if (!Shapes.GetProperty("parameter_lists").TryGetProperty(entry.GetProperty("name").GetString()!, out var list)) return;
        Assert.Equal(
            list.EnumerateArray().Select(pair => $"{pair[0].GetString()} [{string.Join(",", pair[1].EnumerateArray())}]"),
            network.named_parameters().Select(p => $"{p.name} [{string.Join(",", p.parameter.shape)}]"));
    }

    [Fact]
    public void The_recipe_of_the_weights_gives_the_numbers_that_it_says()
    {
        var weight = zeros(32, 3, 3, 3);
        AdmCase.Fill(weight, "input_blocks.0.0.weight", 505);
        float[] expected = [0.02284928224980831f, -0.22639644145965576f, -0.014106154441833496f, -0.3017177879810333f];
        Assert.Equal(expected, weight.data<float>().Take(4));
    }

    /// <summary>Where rounding alone makes a gradient, it must be small beside the others.</summary>
    private static void CheckLengths(AdmCase golden, Dictionary<string, Tensor> gradient)
    {
        double[] lengths = golden.Numbers["grad_l2"].data<double>().ToArray();
        string[] zero = golden.ZeroGradients;
        foreach (var (name, expected) in golden.ParameterNames.Zip(lengths))
        {
            double found = gradient[name].norm().item<double>();
            if (zero.Contains(name)) Assert.InRange(found, 0, 1e-6 * lengths.Max());
            else Assert.InRange(found / expected, 1 - golden.GradientTolerance, 1 + golden.GradientTolerance);
        }
    }
}
