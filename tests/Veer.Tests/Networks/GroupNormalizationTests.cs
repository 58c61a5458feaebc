using CsCheck;
using TorchSharp;
using Veer.Networks.Kernels;
using Veer.Networks.Layers;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class GroupNormalizationTests
{
    private static readonly Gen<(int Batch, int Channels, int Height, int Width, double Mean)> ImageShapes =
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[2, 6], Gen.Int[2, 6], Gen.Double[-3, 3])
            .Select(t => (t.Item1, 32 * t.Item2, t.Item3, t.Item4, t.Item5));

    [Theory]
    [InlineData(ScalarType.Float32, 3e-5)]
    [InlineData(ScalarType.BFloat16, 0.012)]
    public void Value_and_gradients_are_those_of_torch_in_float64(ScalarType type, double tolerance) => ImageShapes.SampleFixed(
        t =>
        {
            using var scope = NewDisposeScope();
            var (x, given) = (Drawn("x", t, type) + t.Mean, Drawn("gradient", t, type));
            var shift = RandomKey.From(0, "shift").Normal(0, t.Batch, [t.Channels]);
            foreach (bool shifted in (bool[])[true, false])
            {
                foreach (bool activate in (bool[])[true, false])
                {
                    var expected = Torch(x, shifted ? shift : null, given, activate);
                    var found = Own(x, shifted ? shift : null, given, activate);
                    Assert.Equal(type, found[0].dtype);
                    for (int i = 0; i < expected.Length; i++) Near.Absolute(expected[i], found[i], tolerance * Scale(expected, i));
                }
            }
        },
        iter: 25);

    [Theory]
    [InlineData(ScalarType.Float32, 32, 3e-5)]
    [InlineData(ScalarType.Float32, 20, 3e-5)]
    [InlineData(ScalarType.BFloat16, 64, 0.02)]
    public void Each_image_has_a_scale_and_a_shift_of_its_own(ScalarType type, int channels, double tolerance)
    {
        using var scope = NewDisposeScope();
        int groups = Math.Min(32, channels / 4);
        var shape = (3, channels, 4, 5, 0.5);
        var norm = new GroupNormalization(channels, groups);
        foreach (var parameter in norm.parameters())
            using (no_grad()) parameter.add_(RandomKey.From(0, "parameter").Normal(0, 1, [channels])[0]);
        Tensor[] own = [Drawn("x", shape, type), RandomKey.From(0, "scale").Normal(0, 3, [channels]), RandomKey.From(0, "shift").Normal(0, 3, [channels]), .. norm.parameters()];
        Tensor[] exact = [.. own.Select(tensor => tensor.to(ScalarType.Float64).detach().requires_grad_())];
        foreach (var tensor in own[..3]) tensor.requires_grad_();
        var given = Drawn("gradient", shape, type);
        var rows = nn.functional.group_norm(exact[0], groups, exact[3], exact[4], 1e-5) * (exact[1] + 1)[.., .., TensorIndex.None, TensorIndex.None] + exact[2][.., .., TensorIndex.None, TensorIndex.None];
        var (expected, found) = (nn.functional.silu(rows), norm.ActivateScaled(own[0], own[1], own[2]));
        Assert.Equal(type, found.dtype);
        Near.Absolute(expected, found, tolerance * expected.abs().max().item<double>());
        var (wanted, got) = (autograd.grad([expected], exact, [given.to(ScalarType.Float64)]), autograd.grad([found], own, [given]));
        foreach (var (one, other) in wanted.Zip(got)) Near.Absolute(one, other, tolerance * one.abs().max().item<double>());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void The_bits_do_not_depend_on_the_layout_or_on_the_number_of_threads(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var shape = (3, 64, 5, 7, 0.0);
        var (x, given, shift) = (Drawn("x", shape, type), Drawn("gradient", shape, type), RandomKey.From(0, "shift").Normal(0, 3, [64]));
        var plain = Own(x, shift, given, activate: true);
        int before = get_num_threads();
        try
        {
            foreach (int threads in (int[])[1, 3])
            {
                set_num_threads(threads);
                var found = Own(ChannelsLast(x), shift, ChannelsLast(given), activate: true);
                Assert.All(plain.Zip(found), pair => Assert.True(AnyTensor.Same(pair.First.contiguous(), pair.Second.contiguous())));
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Numbers_far_out_stay_finite_and_what_is_no_number_stays_none()
    {
        using var scope = NewDisposeScope();
        var norm = new GroupNormalization(32);
        using (no_grad()) norm.state_dict()["weight"].fill_(1e4);
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            var x = Drawn("x", (1, 32, 4, 4, 0), type).requires_grad_();
            var found = norm.Activate(x);
            Assert.True(found.isfinite().all().item<bool>());
            Assert.True(found.min().ToSingle() is > -0.3f and <= 0);
            Assert.True(autograd.grad([found.sum()], [x])[0].isfinite().all().item<bool>());
            x = x.detach().clone();
            x[0, 3, 1, 1] = float.NaN;
            found = norm.Activate(x);
            Assert.Equal(16, found.isnan().sum().item<long>());
            Assert.True(found[0, 3].isnan().all().item<bool>());
        }
    }

    [Fact]
    public void Other_types_and_channels_in_other_numbers()
    {
        using var scope = NewDisposeScope();
        var x = Drawn("x", (2, 32, 3, 3, 1), ScalarType.Float32);
        var norm = new GroupNormalization(32);
        Near.Absolute(norm.Activate(x), norm.Activate(x.to(ScalarType.Float64)), 1e-5);
        Assert.Throws<ArgumentException>(() => new GroupNormalization(48));
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(6, 1)]
    [InlineData(48, 12)]
    public void Widths_that_vectors_do_not_divide_are_normalised_too(int channels, int groups)
    {
        using var scope = NewDisposeScope();
        var shape = (2, channels, 3, 5, 1.0);
        var (x, shift) = (Drawn("x", shape, ScalarType.Float32), RandomKey.From(0, "shift").Normal(0, 2, [channels]));
        var expected = nn.functional.silu(nn.functional.group_norm(
            (x + shift.unsqueeze(2).unsqueeze(3)).to(ScalarType.Float64), groups, ones(channels, ScalarType.Float64), zeros(channels, ScalarType.Float64), 1e-5));
        Near.Absolute(expected, new GroupNormalization(channels, groups).Activate(x, shift), 1e-5);
    }

    [Fact]
    public void The_widest_normalisation_fits_on_a_small_stack()
    {
        using var scope = NewDisposeScope();
        var x = Drawn("x", (1, 262_144, 1, 2, 0), ScalarType.Float32);
        var norm = new GroupNormalization(262_144);
        Tensor? found = null;
        var thread = new Thread(() => found = norm.Activate(x), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        Assert.True(found!.isfinite().all().item<bool>());
        found.Dispose();
    }

    /// <summary>Where a group has one number or little spread, gradients cancel: they are measured by what they are made of.</summary>
    private static double Scale(Tensor[] expected, int index) => index == 0
        ? expected[0].abs().max().item<double>()
        : Math.Max(expected[index].abs().max().item<double>(), index == 1 ? 1 : 10);

    private static Tensor[] Torch(Tensor x, Tensor? shift, Tensor given, bool activate)
    {
        x = x.to(ScalarType.Float64).detach().requires_grad_();
        shift = shift?.to(ScalarType.Float64).detach().requires_grad_();
        var (weight, bias) = Affine(x.shape[1], ScalarType.Float64);
        var value = nn.functional.group_norm(shift is null ? x : x + shift.unsqueeze(2).unsqueeze(3), 32, weight, bias, 1e-5);
        if (activate) value = nn.functional.silu(value);
        return [value.detach(), .. autograd.grad([value], Inputs(x, weight, bias, shift), [given.to(ScalarType.Float64)])];
    }

    private static Tensor[] Own(Tensor x, Tensor? shift, Tensor given, bool activate)
    {
        x = x.detach().requires_grad_();
        shift = shift?.detach().requires_grad_();
        var (weight, bias) = Affine(x.shape[1], ScalarType.Float32);
        var value = GroupNormFunction.Apply(x.permute(0, 2, 3, 1).contiguous(), weight, bias, shift, 32, activate).permute(0, 3, 1, 2);
        return [value.detach(), .. autograd.grad([value], Inputs(x, weight, bias, shift), [given])];
    }

    private static Tensor[] Inputs(Tensor x, Tensor weight, Tensor bias, Tensor? shift) =>
        shift is null ? [x, weight, bias] : [x, weight, bias, shift];

    private static (Tensor Weight, Tensor Bias) Affine(long channels, ScalarType type)
    {
        var rows = RandomKey.From(0, "affine").Normal(0, 2, [channels]).to(type);
        return ((rows[0] * 0.2 + 1).detach().requires_grad_(), (rows[1] * 0.2).detach().requires_grad_());
    }

    private static Tensor Drawn(string name, (int Batch, int Channels, int Height, int Width, double Mean) t, ScalarType type) =>
        RandomKey.From(0, name).Normal(0, t.Batch, [t.Channels, t.Height, t.Width]).to(type);

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
