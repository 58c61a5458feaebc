using TorchSharp;
using TorchSharp.Modules;
using Veer.Networks.Kernels;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>
/// Group normalisation (Wu and He, arXiv 1803.08494), with statistics in float32 whatever the input's type, and SiLU behind it where that is
/// asked for: the kernel of this library where its vectors divide the channels, else torch's.
/// </summary>
internal sealed class GroupNormalization : Module<Tensor, Tensor>
{
    /// <summary>Groups, where their number is not given.</summary>
    public const int Groups = 32;

    private readonly Parameter weight, bias;
    private readonly int groups;
    private readonly float epsilon;
    private readonly bool fast;

    /// <param name="channels">A multiple of the groups.</param>
    /// <param name="groups">Groups of neighbouring channels.</param>
    /// <param name="epsilon">Added to the variance of a group.</param>
    public GroupNormalization(long channels, int groups = Groups, float epsilon = GroupNormFunction.Epsilon)
        : base(nameof(GroupNormalization))
    {
        (this.groups, this.epsilon) = (groups, epsilon);
        if (groups < 1 || channels % groups != 0) throw new ArgumentException($"{channels} channels are no multiple of {groups} groups", nameof(channels));
        fast = channels % GroupNormFunction.Lanes == 0;
        weight = InitialWeights.Constant(1, channels);
        bias = InitialWeights.Constant(0, channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => Forward(x, weight, bias, null, activate: false);

    /// <summary>SiLU of the normalised x, or of x plus a shift.</summary>
    /// <param name="x">[B, C, H, W], fastest where it lies channels last in memory.</param>
    /// <param name="shift">[B, C], or null.</param>
    public Tensor Activate(Tensor x, Tensor? shift = null) => Forward(x, weight, bias, shift, activate: true);

    /// <summary>SiLU of the normalised x · (1 + scale) + shift.</summary>
    /// <param name="x">[B, C, H, W], fastest where it lies channels last in memory.</param>
    /// <param name="scale">[B, C].</param>
    /// <param name="shift">[B, C].</param>
    public Tensor ActivateScaled(Tensor x, Tensor scale, Tensor shift)
    {
        using var scope = NewDisposeScope();
        var factor = Exact(scale) + 1;
        return Forward(x, factor * Exact(weight), factor * Exact(bias) + Exact(shift), null, activate: true).MoveToOuterDisposeScope();
    }

    /// <summary>Weight and bias are [C], or [B, C].</summary>
    private Tensor Forward(Tensor x, Tensor weight, Tensor bias, Tensor? shift, bool activate)
    {
        using var scope = NewDisposeScope();
        if (fast && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16)
        {
            var last = x.permute(0, 2, 3, 1).contiguous();
            var normal = GroupNormFunction.Apply(last, Exact(weight), Exact(bias), shift is null ? null : Exact(shift), groups, activate, epsilon);
            return normal.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
        if (shift is not null) x = x + shift.to(x.dtype).unsqueeze(2).unsqueeze(3);
        (weight, bias) = (weight.to(x.dtype), bias.to(x.dtype));
        var result = weight.dim() == 1 ? functional.group_norm(x, groups, weight, bias, epsilon)
            : functional.group_norm(x, groups, eps: epsilon) * weight.unsqueeze(2).unsqueeze(3) + bias.unsqueeze(2).unsqueeze(3);
        return (activate ? functional.silu(result) : result).MoveToOuterDisposeScope();
    }

    private static Tensor Exact(Tensor tensor) => tensor.to(ScalarType.Float32);
}
