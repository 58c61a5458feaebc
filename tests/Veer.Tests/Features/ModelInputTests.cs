using Veer.Features;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

public class ModelInputTests
{
    [Theory]
    [InlineData("bilinear", 5, 7, 8)]
    [InlineData("bilinear", 13, 40, 8)]
    [InlineData("bicubic", 5, 7, 8)]
    [InlineData("bicubic", 13, 40, 8)]
    [InlineData("bicubic", 8, 8, 8)]
    public void Resizing_is_the_antialiased_one_of_PIL(string kernel, int height, int width, int side)
    {
        using var scope = NewDisposeScope();
        var images = RandomKey.From(23, "images").Normal(0, 2, [3, height, width]);
        var input = new ModelInput(new() { InputSize = side, Resize = kernel, Range = "symmetric" }, "resizing");
        var expected = Weights(height, side, kernel).matmul(images.to(ScalarType.Float64)).matmul(Weights(width, side, kernel).t());
        Assert.True(input.Prepare(images).to(ScalarType.Float64).allclose(expected, rtol: 0, atol: 2e-6));
    }

    [Fact]
    public void Every_range_is_what_it_says_and_normalisation_comes_after_it()
    {
        using var scope = NewDisposeScope();
        var images = tensor(new[] { -1f, 0.2f, 1 }).view(1, 3, 1, 1);
        Assert.Equal([0, 0.6f, 1], Prepared(new() { Range = "unit" }).data<float>().ToArray());
        Assert.Equal([-1, 0.2f, 1], Prepared(new() { Range = "symmetric" }).data<float>().ToArray());
        Assert.Equal([0, 153, 255], Prepared(new() { Range = "uint8" }).data<byte>().ToArray());
        var normalised = Prepared(new() { Mean = [0.5, 0.1, 0], Std = [2, 0.25, 0.5] });
        Assert.True(normalised.allclose(tensor(new[] { -0.25f, 2, 2 }).view(1, 3, 1, 1), rtol: 1e-6));

        Tensor Prepared(ExtractorDescription description) => new ModelInput(description, "ranges").Prepare(images);
    }

    [Fact]
    public void What_overshoots_is_clamped_only_where_it_becomes_bytes()
    {
        using var scope = NewDisposeScope();
        var edge = cat([full([1, 3, 4, 4], -1f), full([1, 3, 4, 4], 1f)], 3);
        var description = new ExtractorDescription { InputSize = 16, Resize = "bicubic", Range = "symmetric" };
        Assert.True(new ModelInput(description, "edge").Prepare(edge).max().item<float>() > 1.01);
        var bytes = new ModelInput(description with { Range = "uint8" }, "edge").Prepare(edge);
        Assert.Equal((0, 255), (bytes.min().item<byte>(), bytes.max().item<byte>()));
    }

    [Fact]
    public void A_model_of_grey_images_takes_no_coloured_ones()
    {
        using var scope = NewDisposeScope();
        var input = new ModelInput(new() { Channels = 1 }, "grey");
        input.Check(zeros(2, 1, 7, 5));
        Refusal.Of(() => input.Check(zeros(2, 3, 7, 5)), "grey: images: found [2, 3, 7, 5], expected [N, 1, H, W], N at least 1");
    }

    /// <summary>[to, from]: each output pixel is a mean of inputs, weighed by the kernel around its centre, widened where it shrinks.</summary>
    private static Tensor Weights(int from, int to, string kernel)
    {
        double scale = (double)from / to, width = Math.Max(scale, 1);
        var weights = new double[to, from];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale, sum = 0;
            for (int j = 0; j < from; j++) sum += weights[i, j] = Kernel(Math.Abs(j + 0.5 - centre) / width);
            for (int j = 0; j < from; j++) weights[i, j] /= sum;
        }
        return tensor(weights);

        // the triangle, and Keys' cubic with a = -1/2
        double Kernel(double x) => (kernel, x) switch
        {
            ("bilinear", < 1) => 1 - x,
            ("bicubic", < 1) => (1.5 * x - 2.5) * x * x + 1,
            ("bicubic", < 2) => ((-0.5 * x + 2.5) * x - 4) * x + 2,
            _ => 0,
        };
    }
}
