using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public sealed class ClassMarginTests
{
    /// <summary>From the definition: a point moved against the nearest boundary by its margin is at equal logits there, and beyond none before.</summary>
    [Fact]
    public void A_sample_moved_by_its_margin_stands_on_the_nearest_boundary()
    {
        using var scope = NewDisposeScope();
        var key = RandomKey.From(4, "margin");
        Tensor weight = key.At(0).Normal(0, 5, [7]).to(float64), bias = key.At(1).Normal(0, 5, []).to(float64), x = key.At(2).Normal(0, 60, [7]).to(float64);
        var labels = arange(60, int64).remainder(5);
        var margins = ClassMargin.Compute(x.matmul(weight.t()) + bias, weight, labels);
        Assert.InRange(margins.lt(0).sum().item<long>(), 10, 59);
        for (int i = 0; i < 60; i++)
        {
            int own = (int)labels[i].item<long>();
            double least = Enumerable.Range(0, 5).Where(other => other != own).Min(other =>
            {
                var normal = weight[own] - weight[other];
                return ((x[i] * normal).sum() + bias[own] - bias[other]).item<double>() / normal.norm().item<double>();
            });
            Assert.Equal(least, margins[i].item<double>(), 1e-12);
            if (least < 0) continue;
            // moved by its margin, straight to the boundary, two classes are as probable as each other and none is more
            var logits = x[i].matmul(weight.t()) + bias;
            int rival = Enumerable.Range(0, 5).Where(other => other != own).MinBy(other => (logits[own] - logits[other]).item<double>() / (weight[own] - weight[other]).norm().item<double>());
            var way = weight[own] - weight[rival];
            var there = ((x[i] - way / way.norm() * least).matmul(weight.t()) + bias).topk(2).values;
            Assert.Equal(there[0].item<double>(), there[1].item<double>(), 1e-9);
        }
    }

    [Fact]
    public void It_is_positive_where_the_class_is_the_most_probable_one()
    {
        using var scope = NewDisposeScope();
        var key = RandomKey.From(5, "margin");
        Tensor weight = key.At(0).Normal(0, 4, [3]), logits = key.At(1).Normal(0, 100, [4]), labels = arange(100, int64).remainder(4);
        Assert.True(ClassMargin.Compute(logits, weight, labels).gt(0).eq(logits.argmax(1).eq(labels)).all().item<bool>());
    }
}
