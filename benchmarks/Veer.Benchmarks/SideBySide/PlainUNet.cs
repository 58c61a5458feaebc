using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The network of <see cref="Networks.AdmUNet"/> (Dhariwal and Nichol, arXiv 2105.05233) as one writes it with TorchSharp alone: one channel, two sizes, no dropout.</summary>
internal sealed class PlainUNet : Module<Tensor, Tensor, Tensor, Tensor>
{
    /// <summary>Name of the convolution behind a doubling: Veer does it before the doubling, which is another shape.</summary>
    public const string Doubled = "doubled";

    private const double LongestPeriod = 10_000, TimeScale = 1000;
    private const long Groups = 32;

    private readonly Sequential time;
    private readonly Embedding classes;
    private readonly Conv2d first;
    private readonly ModuleList<Module> down = [], middle = [], up = [];
    private readonly Sequential last;
    private readonly Tensor frequencies;

    /// <param name="channels">At full size; twice as many at half.</param>
    /// <param name="blocks">Residual blocks of a size on the way down; one more on the way up.</param>
    /// <param name="labels">Rows of the class embedding.</param>
    public PlainUNet(long channels, int blocks, long labels)
        : base(nameof(PlainUNet))
    {
        long width = 4 * channels, wide = 2 * channels;
        time = Sequential(Linear(channels, width), SiLU(), Linear(width, width));
        classes = Embedding(labels, width);
        first = Conv2d(1, channels, 3, padding: 1);
        var given = new Stack<long>([channels]);
        long current = channels;
        foreach (long outputs in (long[])[channels, wide])
        {
            for (int i = 0; i < blocks; i++) given.Push(Add(down, outputs));
            if (outputs == wide) break;
            down.Add(Sequential(Conv2d(current, current, 3, stride: 2, padding: 1)));
            given.Push(current);
        }
        Add(middle, wide);
        middle.Add(new Attention(wide));
        Add(middle, wide);
        foreach (long outputs in (long[])[wide, channels])
        {
            for (int i = 0; i <= blocks; i++) Add(up, outputs, given.Pop());
            if (outputs == wide) up.Add(Sequential(("repeated", Upsample(scale_factor: [2, 2])), (Doubled, Conv2d(wide, wide, 3, padding: 1))));
        }
        last = Sequential(GroupNorm(Groups, channels), SiLU(), Conv2d(channels, 1, 3, padding: 1));
        frequencies = (arange(channels / 2, ScalarType.Float32) * (-Math.Log(LongestPeriod) / (channels / 2.0))).exp();
        RegisterComponents();

        long Add(ModuleList<Module> layers, long outputs, long joined = 0)
        {
            layers.Add(new Residual(current + joined, outputs, width));
            return current = outputs;
        }
    }

    /// <param name="x">[B, 1, H, W].</param>
    /// <param name="t">[B], in [0, 1].</param>
    /// <param name="label">[B] int64.</param>
    public override Tensor forward(Tensor x, Tensor t, Tensor label)
    {
        var phase = (t * TimeScale).unsqueeze(1) * frequencies;
        var told = functional.silu(time.call(cat([phase.cos(), phase.sin()], 1)) + classes.call(label));
        var given = new Stack<Tensor>([x = first.call(x)]);
        foreach (var layer in down) given.Push(x = Through(layer, x));
        foreach (var layer in middle) x = Through(layer, x);
        foreach (var layer in up) x = Through(layer, layer is Residual ? cat([x, given.Pop()], 1) : x);
        return last.call(x);

        Tensor Through(Module layer, Tensor x) => layer is Residual block ? block.call(x, told) : ((Module<Tensor, Tensor>)layer).call(x);
    }

    private sealed class Residual : Module<Tensor, Tensor, Tensor>
    {
        private readonly Sequential before, after;
        private readonly Linear embedding;
        private readonly Conv2d? skip;

        public Residual(long inputs, long outputs, long width)
            : base(nameof(Residual))
        {
            before = Sequential(GroupNorm(Groups, inputs), SiLU(), Conv2d(inputs, outputs, 3, padding: 1));
            embedding = Linear(width, outputs);
            after = Sequential(GroupNorm(Groups, outputs), SiLU(), Conv2d(outputs, outputs, 3, padding: 1));
            if (inputs != outputs) skip = Conv2d(inputs, outputs, 1);
            // in the order of Veer's weights
            register_module(nameof(before), before);
            register_module(nameof(embedding), embedding);
            register_module(nameof(after), after);
            if (skip is not null) register_module(nameof(skip), skip);
        }

        public override Tensor forward(Tensor x, Tensor told) =>
            after.call(before.call(x) + embedding.call(told).unsqueeze(2).unsqueeze(3)) + (skip?.call(x) ?? x);
    }

    private sealed class Attention : Module<Tensor, Tensor>
    {
        private readonly GroupNorm norm;
        private readonly Linear qkv, projection;

        public Attention(long channels)
            : base(nameof(Attention))
        {
            norm = GroupNorm(Groups, channels);
            qkv = Linear(channels, 3 * channels);
            projection = Linear(channels, channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var part = qkv.call(norm.call(x).flatten(2).transpose(1, 2)).chunk(3, 2);
            var weight = (part[0].matmul(part[1].transpose(1, 2)) / Math.Sqrt(x.shape[1])).softmax(2);
            return x + projection.call(weight.matmul(part[2])).transpose(1, 2).reshape(x.shape);
        }
    }
}
