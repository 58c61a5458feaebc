using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The network of <see cref="Networks.ResidualMlp"/> as one writes it with TorchSharp alone.</summary>
internal sealed class PlainMlp : Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Linear input, head;
    private readonly ModuleList<Linear> blocks = [];
    private readonly Tensor directions, frequencies;
    private readonly long labels;

    /// <param name="directions">[D, F] of the coordinates' sines and cosines.</param>
    /// <param name="frequencies">[T] of those of time.</param>
    /// <param name="labels">Rows of the class branch.</param>
    /// <param name="width">Of the hidden layers.</param>
    /// <param name="layers">Residual blocks.</param>
    public PlainMlp(Tensor directions, Tensor frequencies, long labels, long width, int layers)
        : base(nameof(PlainMlp))
    {
        (this.directions, this.frequencies, this.labels) = (directions, frequencies, labels);
        long dimensions = directions.shape[0];
        input = Linear(dimensions + 2 * directions.shape[1] + 2 * frequencies.shape[0] + labels, width);
        head = Linear(width, dimensions);
        for (int i = 0; i < layers; i++) blocks.Add(Linear(width, width, hasBias: false));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor t, Tensor label)
    {
        Tensor place = x.matmul(directions), phase = t.unsqueeze(1) * frequencies;
        var hidden = input.call(cat([x, place.sin(), place.cos(), phase.sin(), phase.cos(), functional.one_hot(label, labels).to(x.dtype)], 1));
        foreach (var block in blocks) hidden = hidden + block.call(functional.silu(hidden));
        return head.call(functional.silu(hidden));
    }
}
