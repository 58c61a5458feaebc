using Veer.Postprocessing;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

public sealed class KernelDiscrepancyTests
{
    /* The number below, in Python:
    from math import sin, cos, exp, sqrt
    real = [(sin(i * 1.7) + i / 6, cos(i * 2.3)) for i in range(12)]
    samples = [(sin(j * 1.1) * 1.5 + 0.5, cos(j * 0.7) - 0.3) for j in range(9)]
    d = lambda a, b: [[(p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 for q in b] for p in a]
    rr, ss, sr = d(real, real), d(samples, samples), d(samples, real)
    low = lambda v: sorted(v)[(len(v) - 1) // 2]
    near, far = sqrt(low([sorted(row)[1] for row in rr])), sqrt(low(sum(rr, [])))
    total = 0
    for s in range(4):
        w = near * (far / near) ** (s / 3)
        k = lambda m: sum(exp(-v / (2 * w * w)) for row in m for v in row)
        off = lambda m: (k(m) - len(m)) / (len(m) * (len(m) - 1))
        total += (off(ss) + off(rr) - 2 * k(sr) / (len(ss) * len(rr))) / off(rr)
    print(total / 4) */
    [Fact]
    public void It_is_the_one_written_down_in_plain_sums()
    {
        var (i, j) = (arange(12, ScalarType.Float64), arange(9, ScalarType.Float64));
        var real = stack([(i * 1.7).sin() + i / 6, (i * 2.3).cos()], 1);
        var samples = stack([(j * 1.1).sin() * 1.5 + 0.5, (j * 0.7).cos() - 0.3], 1);
        Assert.Equal(-0.11457068356333112, new KernelDiscrepancy(real).Of(samples), 1e-6);
        // neither place nor unit matters
        Assert.Equal(-0.11457068356333112, new KernelDiscrepancy(real * 1e4 + 1e6).Of(samples * 1e4 + 1e6), 1e-6);
    }

    [Fact]
    public void It_is_0_on_the_average_where_both_are_of_one_distribution_and_rises_with_a_shift_or_clumps()
    {
        double sum = 0;
        for (int seed = 0; seed < 40; seed++) sum += new KernelDiscrepancy(Points(seed, "real")).Of(Points(seed, "samples"));
        Assert.InRange(sum / 40, -0.006, 0.006);
        var discrepancy = new KernelDiscrepancy(Points(0, "real"));
        Assert.InRange(discrepancy.Of(Points(0, "samples") + 0.5), 0.05, 1);
        Assert.True(discrepancy.Of(Points(0, "samples").narrow(0, 0, 5).repeat(40, 1)) > 1);
    }

    [Fact]
    public void The_difference_of_the_parts_is_as_long_as_the_difference_of_two_discrepancies_strays()
    {
        // the same samples, and what two flows would make of them
        var found = new List<(double Difference, double Error)>();
        for (int seed = 0; seed < 60; seed++)
        {
            var discrepancy = new KernelDiscrepancy(Points(seed, "real"));
            var samples = Points(seed, "samples");
            var (one, other) = (discrepancy.Parts(samples * 0.9), discrepancy.Parts(samples + 0.2));
            Assert.Equal(discrepancy.Of(samples * 0.9), one.All, 1e-12);
            found.Add((other.All - one.All, (other.Parts - one.Parts).norm().item<double>()));
        }
        double mean = found.Average(pair => pair.Difference), spread = Math.Sqrt(found.Average(pair => (pair.Difference - mean) * (pair.Difference - mean)));
        // the spread of 60 values is known to 9 %
        Assert.InRange(found.Average(pair => pair.Error) / spread, 0.7, 1.4);
    }

    [Fact]
    public void The_jackknife_leaves_every_tenth_out_of_both()
    {
        var (real, samples) = (Points(0, "real"), Points(0, "samples") + 1);
        var (all, without) = new KernelDiscrepancy(real).Jackknife(samples, 10, TestContext.Current.CancellationToken);
        Assert.Equal(new KernelDiscrepancy(real).Of(samples), all, 1e-12);
        Assert.Equal(10, without.Distinct().Count());
        Assert.Equal(all, without.Average(), 0.01);
        // each as a plain sum over what is left, with the widths of all
        var apart = cdist(real.to(ScalarType.Float64), real.to(ScalarType.Float64));
        double near = apart.topk(2, 1, largest: false).values.select(1, 1).median().item<double>(), far = apart.median().item<double>();
        foreach (int group in (int[])[0, 3])
        {
            var kept = arange(200, ScalarType.Int64).remainder(10).ne(group).nonzero().flatten();
            var (some, others) = (samples.index_select(0, kept).to(ScalarType.Float64), real.index_select(0, kept).to(ScalarType.Float64));
            double expected = 1 + Enumerable.Range(0, 4).Select(i => near * Math.Pow(far / near, i / 3.0)).Average(width =>
                (Mean(some, some, width, 180) - 2 * Mean(some, others, width, 0)) / Mean(others, others, width, 180));
            Assert.Equal(expected, without[group], 1e-5);
        }

        // a point's kernel with itself is 1, and left out
        static double Mean(Tensor one, Tensor other, double width, int selves) =>
            ((cdist(one, other).square() / (-2 * width * width)).exp().sum().item<double>() - selves) / (180.0 * (selves > 0 ? 179 : 180));
    }

    private static Tensor Points(long seed, string name) => RandomKey.From(seed, name).Normal(0, 200, [2]);
}
