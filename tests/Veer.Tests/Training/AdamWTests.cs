using Veer.Runtime;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

using Parameter = TorchSharp.Modules.Parameter;

namespace Veer.Tests.Training;

public sealed class AdamWTests
{
    private const int Steps = 20;
    private const double LearningRate = 0.01;

    // vectors hold 4, 8 or 16 numbers: whole ones, a remainder, both
    public static TheoryData<int, double, bool> Cases => new(
        from size in (int[])[1, 3, 16, 32, 37, 257]
        from decay in (double[])[0, 0.01]
        from onePass in (bool[])[true, false]
        select (size, decay, onePass));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_are_those_of_torch(int size, double decay, bool onePass)
    {
        using var scope = NewDisposeScope();
        var (own, theirs) = (Weights(size), Weights(size));
        var optimizer = new AdamW([("w", own)], decay) { InOnePass = onePass };
        var reference = optim.AdamW([theirs], LearningRate, 0.9, 0.999, 1e-8, decay);
        for (int step = 1; step <= Steps; step++)
        {
            optimizer.Step([Gradient(own, step)], step, LearningRate, 0);
            theirs.grad = Gradient(theirs, step);
            reference.step();
        }
        Assert.True((own - Weights(size)).abs().min().item<float>() > 0.05);
        Near.Absolute(theirs, own, 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_average_is_the_recurrence_over_the_weights(bool onePass)
    {
        using var scope = NewDisposeScope();
        var weight = Weights(37);
        var optimizer = new AdamW([("w", weight)]) { InOnePass = onePass };
        var expected = weight.detach().to(ScalarType.Float64, copy: true);
        for (int step = 1; step <= Steps; step++)
        {
            double decay = 0.9 * step / Steps;
            optimizer.Step([Gradient(weight, step)], step, LearningRate, decay);
            expected = decay * expected + (1 - decay) * weight.detach().to(ScalarType.Float64);
        }
        Near.Absolute(expected, optimizer.Average().Single().Value, 1e-6);
        Assert.Equal("w", optimizer.Average().Single().Name);
    }

    [Fact]
    public void The_bits_do_not_depend_on_how_many_cores_share_an_update()
    {
        using var scope = NewDisposeScope();
        int before = Threads.Count;
        var updated = new List<Tensor>();
        foreach (int threads in (int[])[1, 4])
        {
            Threads.Use(threads);
            var weight = Weights(200_001);
            var optimizer = new AdamW([("w", weight)]);
            for (int step = 1; step <= 3; step++) optimizer.Step([Gradient(weight, step)], step, LearningRate, 0.5);
            updated.Add(cat([weight.detach(), optimizer.Average().Single().Value]));
        }
        Threads.Use(before);
        Assert.True(AnyTensor.Same(updated[0], updated[1]));
        Assert.False(AnyTensor.Same(updated[0].narrow(0, 0, 200_001), Weights(200_001).detach()));
    }

    [Fact]
    public void Without_decay_the_average_is_the_weights_to_the_last_digit()
    {
        using var scope = NewDisposeScope();
        var weight = Weights(37);
        var optimizer = new AdamW([("w", weight)]);
        for (int step = 1; step <= Steps; step++) optimizer.Step([Gradient(weight, step)], step, LearningRate, 0);
        Near.Absolute(weight, optimizer.Average().Single().Value, 1e-7);
    }

    [Fact]
    public void A_gradient_that_lies_otherwise_in_memory_counts_the_same()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Matrix(), Matrix());
        var gradient = RandomKey.From(0, "gradient").Normal(0, 5, [7]);
        new AdamW([("w", a)]).Step([gradient], 1, LearningRate, 0);
        new AdamW([("w", b)]).Step([gradient.t().contiguous().t()], 1, LearningRate, 0);
        Near.Absolute(a, b, 0);

        static Parameter Matrix() => new(ones(5, 7));
    }

    [Fact]
    public void The_state_is_named_after_its_weights()
    {
        var optimizer = new AdamW([("a", Weights(2)), ("b", Weights(3))]);
        Assert.Equal(["average.a", "first.a", "second.a", "average.b", "first.b", "second.b"], optimizer.State().Select(s => s.Name));
        Assert.Equal([2, 2, 2, 3, 3, 3], optimizer.State().Select(s => s.Value.shape[0]));
    }

    private static Parameter Weights(int size) => new(RandomKey.From(0, "weights").Normal(0, size, [1]).squeeze(1));

    /// <summary>A bowl's slope, other at every step; far from its bottom, so that no step's sign hangs on rounding.</summary>
    private static Tensor Gradient(Tensor weight, int step)
    {
        var scale = linspace(0.5, 2, weight.shape[0]);
        return ((weight.detach() - 10) * scale * (1 + 0.1 * (step % 3))).contiguous();
    }
}
