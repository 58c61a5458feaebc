using Veer.Training;
using Xunit;

namespace Veer.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_rate_falls_from_its_peak_along_half_a_cosine()
    {
        var options = new TrainingOptions { Steps = 1000, LearningRate = 0.02 };
        Assert.Equal(0.02, options.RateAt(1), 15);
        Assert.Equal(0.02 * (1 + Math.Sqrt(0.5)) / 2, options.RateAt(251), 15);
        Assert.Equal(0.01, options.RateAt(501), 15);
        Assert.InRange(options.RateAt(1000), 1e-12, 0.02 * 1e-5);
        Assert.All(Enumerable.Range(1, 999), step => Assert.True(options.RateAt(step) > options.RateAt(step + 1)));
    }

    [Fact]
    public void Warming_up_the_rate_rises_in_equal_parts()
    {
        var (warm, cold) = (new TrainingOptions { Steps = 1000, WarmupSteps = 10 }, new TrainingOptions { Steps = 1000 });
        var constant = warm with { ConstantRate = true };
        for (int step = 1; step <= 1000; step++) Assert.Equal(constant.LearningRate * Math.Min(step, 10) / 10.0, constant.RateAt(step), 12);
        for (int step = 1; step <= 10; step++) Assert.Equal(step / 10.0, warm.RateAt(step) / cold.RateAt(step), 12);
        for (int step = 10; step <= 1000; step++) Assert.Equal(cold.RateAt(step), warm.RateAt(step));
    }

    [Fact]
    public void The_average_is_short_at_first()
    {
        var options = new TrainingOptions { AverageDecay = 0.999 };
        Assert.Equal(2 / 11.0, options.AverageDecayAt(1), 15);
        Assert.Equal(0.91, options.AverageDecayAt(90), 15);
        Assert.True(options.AverageDecayAt(8989) < 0.999);
        Assert.Equal(0.999, options.AverageDecayAt(8990), 15);
        Assert.Equal(0.999, options.AverageDecayAt(1_000_000));
        Assert.Equal(0, new TrainingOptions { AverageDecay = 0 }.AverageDecayAt(1_000_000));
    }
}
