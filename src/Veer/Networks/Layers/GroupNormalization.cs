using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>
/// Group normalisation in 32 groups (Wu and He, arXiv 1803.08494), with statistics in float32 whatever the input's type, and SiLU behind it
/// where that is asked for.
/// </summary>
internal sealed class GroupNormalization : Module<Tensor, Tensor>
{
    /// <summary>Every number of channels must be a multiple of this.</summary>
    public const int Groups = 32;

    private const double Epsilon = 1e-5;

    private readonly Parameter weight, bias;

    /// <param name="channels">A multiple of 32.</param>
    public GroupNormalization(long channels)
        : base(nameof(GroupNormalization))
    {
        if (channels % Groups != 0) throw new ArgumentException($"{channels} is no multiple of {Groups}", nameof(channels));
        weight = InitialWeights.Constant(1, channels);
        bias = InitialWeights.Constant(0, channels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x) => Forward(x, null, activate: false);

    /// <summary>SiLU of the normalised x, or of x plus a shift.</summary>
    /// <param name="x">[B, C, H, W], fastest where it lies channels last in memory.</param>
    /// <param name="shift">[B, C], or null.</param>
    public Tensor Activated(Tensor x, Tensor? shift = null) => Forward(x, shift, activate: true);

    private Tensor Forward(Tensor x, Tensor? shift, bool activate)
    {
        using var scope = NewDisposeScope();
        if (x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16)
        {
            var last = x.permute(0, 2, 3, 1).contiguous();
            var normal = GroupNormFunction.Apply(last, Exact(weight), Exact(bias), shift is null ? null : Exact(shift), Groups, activate);
            return normal.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
        if (shift is not null) x = x + shift.to(x.dtype).unsqueeze(2).unsqueeze(3);
        var result = functional.group_norm(x, Groups, weight.to(x.dtype), bias.to(x.dtype), Epsilon);
        return (activate ? functional.silu(result) : result).MoveToOuterDisposeScope();
    }

    private static Tensor Exact(Tensor tensor) => tensor.to(ScalarType.Float32);
}
