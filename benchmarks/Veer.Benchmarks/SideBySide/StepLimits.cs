using System.Numerics;
using TorchSharp.Modules;
using Veer.Networks.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Benchmarks.SideBySide;

/// <summary>What of a network's work cannot be left out, at its own shapes, by libtorch.</summary>
internal static class StepLimits
{
    /// <summary>The products of linear layers one after the other: forward, the weights' gradients, and the inputs' but for the first layer's.</summary>
    /// <param name="layers">Inputs and outputs of each.</param>
    /// <param name="rows">Of the batch, as it is shared out.</param>
    /// <param name="times">How often.</param>
    public static Func<double> Products(IReadOnlyList<(long Inputs, long Outputs)> layers, long rows, int times)
    {
        var all = layers.Select((layer, i) => (
            First: i == 0, X: randn(rows, layer.Inputs), Weight: randn(layer.Outputs, layer.Inputs), Gradient: randn(rows, layer.Outputs),
            Y: empty(rows, layer.Outputs), ByWeight: empty(layer.Outputs, layer.Inputs), ByX: empty(rows, layer.Inputs))).ToList();
        return () =>
        {
            for (int i = 0; i < times; i++)
            {
                using var scope = NewDisposeScope();
                foreach (var one in all)
                {
                    one.Y.addmm_(one.X, one.Weight.t(), beta: 0);
                    one.ByWeight.addmm_(one.Gradient.t(), one.X, beta: 0);
                    if (!one.First) one.ByX.addmm_(one.Gradient, one.Weight, beta: 0);
                }
            }
            return 0;
        };
    }

    /// <summary>The convolutions of a UNet, channels last as Veer has them.</summary>
    /// <param name="network">Tells their shapes.</param>
    /// <param name="images">[B, 1, H, W], as the batch is shared out.</param>
    /// <param name="times">How often.</param>
    /// <param name="trains">Whether with the gradients of weights and, but for the first, of inputs.</param>
    /// <param name="bfloat16">All but those of the image.</param>
    public static Func<double> Convolutions(PlainUNet network, Tensor images, int times, bool trains, bool bfloat16 = false)
    {
        var all = Shapes(network, images).Select(shape => new One(shape.Input, shape.Layer, shape.Doubled, trains, bfloat16)).ToList();
        return () =>
        {
            using var graph = set_grad_enabled(trains);
            for (int i = 0; i < times; i++)
            {
                foreach (var one in all) one.Run();
            }
            return 0;
        };
    }

    /// <summary>What an update moves: of five numbers that lie apart four are written back, with sums in place of its arithmetic; all at once, as one pass after the other is slower.</summary>
    public static Func<double> Passes(IReadOnlyList<Tensor> gradients)
    {
        Tensor[][] states = [.. gradients.Select(gradient => (Tensor[])[gradient.clone(), gradient.clone(), gradient.clone(), gradient.clone()])];
        return () =>
        {
            foreach (var (gradient, state) in gradients.Zip(states))
            {
                Span<float> g = Training.AdamW.Memory(gradient), a = Training.AdamW.Memory(state[0]), b = Training.AdamW.Memory(state[1]), c = Training.AdamW.Memory(state[2]), d = Training.AdamW.Memory(state[3]);
                for (int at = 0; at <= g.Length - Vector<float>.Count; at += Vector<float>.Count)
                {
                    var add = new Vector<float>(g[at..]);
                    (new Vector<float>(a[at..]) + add).CopyTo(a[at..]);
                    (new Vector<float>(b[at..]) + add).CopyTo(b[at..]);
                    (new Vector<float>(c[at..]) + add).CopyTo(c[at..]);
                    (new Vector<float>(d[at..]) + add).CopyTo(d[at..]);
                }
            }
            return 0;
        };
    }

    private static List<(long[] Input, Conv2d Layer, bool Doubled)> Shapes(PlainUNet network, Tensor images)
    {
        var found = new List<(long[], Conv2d, bool)>();
        foreach (var (name, module) in network.named_modules())
        {
            if (module is not Conv2d layer) continue;
            bool doubled = name.EndsWith(PlainUNet.Doubled, StringComparison.Ordinal);
            layer.register_forward_hook((_, x, y) =>
            {
                found.Add((x.shape, layer, doubled));
                return y;
            });
        }
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        network.call(images, zeros(1), zeros(images.shape[0], ScalarType.Int64));
        return found;
    }

    /// <summary>One convolution with all that it needs in memory.</summary>
    private sealed class One
    {
        private readonly Tensor x, weight, gradient;
        private readonly long[] stride, padding;
        private readonly bool doubled;
        private readonly Tensor[] wanted;

        public One(long[] input, Conv2d layer, bool doubled, bool trains, bool bfloat16)
        {
            long[] kernel = layer.weight!.shape;
            var type = bfloat16 && kernel[0] > 1 && kernel[1] > 1 ? ScalarType.BFloat16 : ScalarType.Float32;
            this.doubled = doubled;
            stride = doubled ? [2, 2] : [.. layer.stride];
            padding = doubled ? [1, 1] : [kernel[2] / 2, kernel[2] / 2];
            // four sums of 2 × 2 of its kernel, before the image is doubled
            if (doubled) (input, kernel) = ([input[0], input[1], input[2] / 2, input[3] / 2], [kernel[1], kernel[0], 4, 4]);
            x = randn(input).to(type).ChannelsLast();
            weight = randn(kernel).to(type).requires_grad_(trains);
            if (kernel[1] > 1) x.requires_grad_(trains);
            wanted = kernel[1] > 1 ? [weight, x] : [weight];
            using var quiet = no_grad();
            gradient = ones_like(Forward());
        }

        public void Run()
        {
            using var scope = NewDisposeScope();
            var y = Forward();
            if (weight.requires_grad) autograd.grad([y], wanted, [gradient]);
        }

        private Tensor Forward() => doubled ? functional.conv_transpose2d(x, weight, strides: stride, padding: padding)
            : functional.conv2d(x, weight, strides: stride, padding: padding);
    }
}
