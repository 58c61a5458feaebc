using BenchmarkDotNet.Attributes;
using Veer.Networks.Kernels;
using Veer.Networks.Layers;
using static TorchSharp.torch;

namespace Veer.Benchmarks;

/// <summary>
/// Group normalisation and SiLU of 32 images of 64 × 28 × 28, forward and backward on one core: torch's operations where each channel of an
/// image lies in one piece, and where the channels of a pixel lie side by side, as convolutions like it best; and the library's own.
/// </summary>
public class NormalizationLayout
{
    private Tensor plain = null!, last = null!, plainGradient = null!, lastGradient = null!, weight = null!, bias = null!;

    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Type { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        var key = RandomKey.From(0, "benchmark");
        plain = key.At(0).Normal(0, 32, [64, 28, 28]).to(Type).requires_grad_();
        last = plain.detach().permute(0, 2, 3, 1).contiguous().requires_grad_();
        plainGradient = key.At(1).Normal(0, 32, [64, 28, 28]).to(Type);
        lastGradient = plainGradient.permute(0, 2, 3, 1).contiguous();
        weight = ones(64).requires_grad_();
        bias = zeros(64).requires_grad_();
    }

    [Benchmark(Baseline = true)]
    public void TorchPlain() => Backward(() => Torch(plain), plain, plainGradient);

    [Benchmark]
    public void TorchChannelsLast() => Backward(() => Torch(last.permute(0, 3, 1, 2)).permute(0, 2, 3, 1), last, lastGradient);

    [Benchmark]
    public void OwnChannelsLast() =>
        Backward(() => GroupNormFunction.Apply(last, weight, bias, null, GroupNormalization.Groups, activate: true), last, lastGradient);

    private Tensor Torch(Tensor x) => nn.functional.silu(nn.functional.group_norm(x, GroupNormalization.Groups, weight.to(Type), bias.to(Type)));

    private void Backward(Func<Tensor> value, Tensor x, Tensor given)
    {
        using var scope = NewDisposeScope();
        autograd.grad([value()], [x, weight, bias], [given]);
    }
}
