using Microsoft.ML.OnnxRuntime;
using Onnx;
using TorchSharp;
using Veer.Networks;
using Veer.Onnx;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>What ONNX Runtime gives from an exported file is what the postprocessor gives.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(5, 1)]
    [InlineData(0, 3)]
    [InlineData(0, 1)]
    public void Vectors(int fourier, int classes)
    {
        using var postprocessor = RandomPostprocessor.Of(RandomPostprocessor.Mlp with { FourierFeatures = fourier, Labels = classes });
        Agrees(postprocessor, new() { Solver = new Euler(4) });
        Agrees(postprocessor, new() { Solver = new Heun(3), Strength = 0.5 });
        Agrees(postprocessor, new() { Velocity = true });
    }

    [Fact]
    public void Vectors_of_any_unit()
    {
        using var postprocessor = RandomPostprocessor.Of(RandomPostprocessor.Mlp, [3], 3, standardisation: RandomPostprocessor.Unit);
        Agrees(postprocessor, new() { Solver = new Euler(4) });
        Agrees(postprocessor, new() { Velocity = true });
    }

    public static TheoryData<string> UNets => [.. Shapes.Keys];

    private static readonly Dictionary<string, AdmUNetOptions> Shapes = new()
    {
        ["grey, attention"] = RandomPostprocessor.UNet,
        ["colour, one class"] = RandomPostprocessor.UNet with { ImageChannels = 3, Labels = 1, AttentionAt = [] },
        ["no class at all"] = RandomPostprocessor.UNet with { Labels = 0, AttentionAt = [1, 2] },
        ["scale and shift, new order of attention"] = RandomPostprocessor.UNet with { ScaleShiftNorm = true, NewAttentionOrder = true, HeadChannels = 16 },
        ["resampling in blocks"] = RandomPostprocessor.UNet with { ResampleInBlocks = true, ChannelMultipliers = [1, 2, 2], ResidualBlocks = 2 },
        ["patches"] = RandomPostprocessor.UNet with { PatchSize = 2, ImageChannels = 3 },
        ["resampling without convolutions"] = RandomPostprocessor.UNet with { ConvolutionalResampling = false },
    };

    [Theory]
    [MemberData(nameof(UNets))]
    public void Images(string name)
    {
        using var postprocessor = RandomPostprocessor.Of(Shapes[name], [Shapes[name].ImageChannels, 8, 12], Math.Max(1, Shapes[name].Labels));
        Agrees(postprocessor, new() { Solver = new Euler(2) });
        Agrees(postprocessor, new() { Solver = new Heun(2), Strength = 0.5 });
        Agrees(postprocessor, new() { Velocity = true });
    }

    [Fact]
    public void A_constant_velocity_moves_by_strength_times_it()
    {
        using var postprocessor = RandomPostprocessor.Of(RandomPostprocessor.Mlp, [3], 3, network =>
        {
            using var quiet = no_grad();
            network.get_parameter("head.weight")!.zero_();
            network.get_parameter("head.bias")!.copy_(tensor(new[] { 1f, -2, 4 }));
        });
        foreach (var solver in (FixedStepSolver[])[new Euler(3), new Heun(4)])
        {
            OnnxExport.Write(postprocessor, folder.File("a.onnx"), new() { Solver = solver, Strength = 0.6 });
            var moved = Answer(folder.File("a.onnx"), "repaired", ("samples", zeros(2, 3)), ("labels", zeros(2, ScalarType.Int64)));
            Near.Absolute(tensor(new[] { 0.6f, -1.2f, 2.4f }).expand(2, 3), moved, 1e-6);
        }
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 0.5)]
    [InlineData(4, 0.3)]
    [InlineData(3, 2.0 / 3)]
    [InlineData(3, 0.9999999999)]
    [InlineData(5, 0)]
    public void The_steps_are_those_of_the_solver(int steps, double strength)
    {
        var asked = new Recorder();
        var solver = new Euler(steps);
        if (strength > 0) solver.SolvePart(asked, zeros(1, 1), zeros(1, ScalarType.Int64), [0, strength], 1, TestContext.Current.CancellationToken);
        var found = FlowNodes.Steps(steps, strength).ToList();
        Assert.Equal(asked.Times, found.Select(step => step.Time));
        Assert.Equal(strength, found.Count == 0 ? 0 : found[^1].Next);
        Assert.Equal(found.Skip(1).Select(step => step.Time), found.SkipLast(1).Select(step => step.Next));
    }

    [Fact]
    public void Equal_postprocessors_give_equal_bytes_that_tell_what_they_are()
    {
        foreach (string name in (string[])["a.onnx", "b.onnx"])
        {
            using var postprocessor = RandomPostprocessor.Of(RandomPostprocessor.UNet);
            OnnxExport.Write(postprocessor, folder.File(name), new() { Strength = 0.25 });
        }
        byte[] bytes = File.ReadAllBytes(folder.File("a.onnx"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("b.onnx")));
        var model = ModelProto.Parser.ParseFrom(bytes);
        var facts = model.MetadataProps.ToDictionary(fact => fact.Key, fact => fact.Value);
        Assert.Equal(("0.25", "heun", "4", "1,8,12", "3"), (facts["strength"], facts["solver"], facts["steps"], facts["shape"], facts["classes"]));
        Assert.Equal(typeof(OnnxExport).Assembly.GetName().Version!.ToString(3), facts["veer"]);
        Assert.Equal(["samples [batch, 1, 8, 12]", "labels [batch]"], model.Graph.Input.Select(Text));
        Assert.Equal(["repaired [batch, 1, 8, 12]"], model.Graph.Output.Select(Text));
        // the weights are there once, however many evaluations there are
        Assert.Equal(model.Graph.Initializer.Count, model.Graph.Initializer.Select(weight => weight.Name).Distinct().Count());
        using var same = RandomPostprocessor.Of(RandomPostprocessor.UNet);
        Assert.InRange(bytes.Length, 1, 1.5 * sizeof(float) * same.Network.parameters().Sum(weight => weight.numel()));

        static string Text(ValueInfoProto value) =>
            $"{value.Name} [{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(side => side.DimParam.Length > 0 ? side.DimParam : $"{side.DimValue}"))}]";
    }

    [Fact]
    public void A_file_that_does_not_give_what_the_postprocessor_gives_is_not_written()
    {
        using var broken = RandomPostprocessor.Of(RandomPostprocessor.Mlp, [3], 3);
        using (no_grad()) broken.Network.get_parameter("head.bias")!.fill_(float.NaN);
        File.WriteAllText(folder.File("a.onnx"), "as it was");
        var fault = Assert.Throws<OnnxDifferenceException>(() => OnnxExport.Write(broken, folder.File("a.onnx"), new() { Velocity = true }));
        Assert.Contains("is not written", fault.Message, StringComparison.Ordinal);
        Assert.Equal("as it was", File.ReadAllText(folder.File("a.onnx")));
        // another postprocessor's file is told apart
        using var one = RandomPostprocessor.Of(RandomPostprocessor.Mlp);
        using var other = RandomPostprocessor.Of(RandomPostprocessor.Mlp with { FourierFrequency = 21 });
        OnnxExport.Write(one, folder.File("a.onnx"), new() { Solver = new Euler(4) });
        var check = new OnnxCheck(other, new(), new Euler(4));
        Assert.True(check.Run(File.ReadAllBytes(folder.File("a.onnx"))).Relative > OnnxExport.MostDifference);
    }

    [Fact]
    public void What_no_file_can_hold_is_refused_in_one_line()
    {
        OnnxExport.RequireSize("big.onnx", 1_900_000_000);
        Refusal.Of(() => OnnxExport.RequireSize("big.onnx", 2_300_000_000), "big.onnx: size: found 2.3 GB of weights, expected less than 2 GB");
        using var song = RandomPostprocessor.Of(
            new SongUNetOptions { ImageChannels = 1, Resolution = 8, Classes = 1, Channels = 32, ChannelMultipliers = [1], ResidualBlocks = 1 }, [1, 8, 8], 1);
        Refusal.Of(() => OnnxExport.Write(song, folder.File("a.onnx")), "network: found SongUNet of samples [1, 8, 8], expected an MLP, or a UNet");
        Assert.False(File.Exists(folder.File("a.onnx")));
        using var postprocessor = RandomPostprocessor.Of(RandomPostprocessor.Mlp);
        Assert.Throws<ArgumentOutOfRangeException>(() => OnnxExport.Write(postprocessor, folder.File("a.onnx"), new() { Strength = 1.1 }));
    }

    /// <summary>Labels that tell a scale too, and a file of one scale, trained on or not, whose labels are classes.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(3)]
    public void One_that_is_told_scales(int labels)
    {
        double[] scales = [1, 3, 4];
        using var vectors = RandomPostprocessor.Of(RandomPostprocessor.Mlp with { Labels = labels }, [3], labels, scales: scales);
        using var images = RandomPostprocessor.Of(RandomPostprocessor.UNet with { Labels = labels }, [1, 8, 12], labels, scales: scales);
        foreach (double? scale in (double?[])[null, 1, 3.25, 9]) Agrees(vectors, new() { Solver = new Heun(2), Scale = scale });
        if (labels == 6) Agrees(images, new() { Solver = new Euler(1), Scale = 3.25 });
        Agrees(vectors, new() { Velocity = true, Scale = 2 });
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("model.onnx")));
        Assert.Equal(labels == 6, model.Graph.Input.Any(input => input.Name == "labels"));
        Assert.Equal($"{labels / 3}", model.MetadataProps.Single(fact => fact.Key == "classes").Value);
        using var untold = RandomPostprocessor.Of(RandomPostprocessor.Mlp);
        Assert.Throws<ArgumentOutOfRangeException>(() => OnnxExport.Write(untold, folder.File("b.onnx"), new() { Scale = 1 }));
    }

    private void Agrees(Postprocessor postprocessor, OnnxExportOptions options)
    {
        string path = folder.File("model.onnx");
        var difference = OnnxExport.Write(postprocessor, path, options);
        Assert.InRange(difference.Relative, 0, 2e-5);
        foreach (int count in (int[])[1, 7])
        {
            var x = RandomKey.From(7, "x").Normal(0, count, [.. postprocessor.Shape]).clamp(-1, 1);
            if (postprocessor.Standardisation is { } unit) x = unit.Invert(x);
            var labels = (arange(count, ScalarType.Int64) + 1).remainder(options.Scale is null ? postprocessor.Classes : postprocessor.Classes / postprocessor.Scales!.Scales.Count);
            var told = options.Scale is { } scale ? postprocessor.Scales!.At(labels, scale) : labels;
            using var quiet = no_grad();
            if (options.Velocity)
            {
                // each sample its own time
                var times = linspace(0, 0.9, count);
                var expected = cat([.. Enumerable.Range(0, count).Select(i => postprocessor.Velocity(x.narrow(0, i, 1), times[i].item<float>(), told.narrow(0, i, 1)))]);
                Near.LargestValue(expected, Answer(path, "velocity", ("x", x), ("t", times), ("labels", labels)), 2e-5);
            }
            else
            {
                var expected = postprocessor.Apply(x, told, options.Solver, options.Strength, TestContext.Current.CancellationToken).Samples;
                Near.LargestValue(expected, Answer(path, "repaired", ("samples", x), ("labels", labels)), 2e-5);
                Assert.True((expected - x).abs().max().item<float>() > 0.01);
            }
        }
    }

    private static Tensor Answer(string path, string output, params (string Name, Tensor Value)[] inputs)
    {
        using var session = Sessions.Open(settings => new InferenceSession(path, settings));
        return OnnxCheck.Answer(session, output, inputs);
    }

    /// <summary>Stands still, and remembers when it was asked.</summary>
    private sealed class Recorder : IVelocityField
    {
        public List<double> Times { get; } = [];

        public Tensor Velocity(Tensor x, double t, Tensor label)
        {
            Times.Add(t);
            return zeros_like(x);
        }
    }
}
