using System.Collections.Immutable;
using CsCheck;
using Veer.Diffusion;
using Xunit;

namespace Veer.Tests.Diffusion;

public sealed class NoiseScheduleTests
{
    [Theory]
    [InlineData("linear", 1000)]
    [InlineData("linear", 100)]
    [InlineData("cosine", 1000)]
    [InlineData("cosine", 100)]
    public void Tables_match_the_reference(string name, int steps)
    {
        var golden = GoldenFile.Load("ddpm_schedules.safetensors");
        var schedule = Named(name, steps);
        Check("betas", schedule.Betas);
        Check("alphas_cumprod", schedule.CumulativeAlphas);
        Check("posterior_variance", schedule.PosteriorVariance);
        Check("posterior_mean_coef1", schedule.PosteriorMeanClean);
        Check("posterior_mean_coef2", schedule.PosteriorMeanNoisy);

        void Check(string table, ImmutableArray<double> found)
        {
            double[] expected = [.. golden[$"{name}_{steps}.{table}"].data<double>()];
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * Math.Abs(pair.First)));
        }
    }

    [Fact]
    public void Respaced_steps_match_the_reference()
    {
        int compared = 0;
        foreach (var one in GoldenFile.Json("ddpm.json").GetProperty("respacing").EnumerateArray())
        {
            int steps = one.GetProperty("T").GetInt32();
            string spacing = one.GetProperty("spec").GetString()!;
            var schedule = Named(one.TryGetProperty("schedule", out var name) ? name.GetString()! : "linear", steps);
            if (one.TryGetProperty("error", out _))
            {
                Assert.Throws<InputException>(() => schedule.Respace(spacing));
                continue;
            }
            // the reference keeps the least noisy step alone, which is no process that it can build or sample from
            if (spacing == "1") continue;
            var respaced = schedule.Respace(spacing);
            Assert.Equal(one.GetProperty("timesteps").EnumerateArray().Select(t => t.GetInt32()), respaced.Timesteps);
            if (!one.TryGetProperty("betas", out var betas)) continue;
            Assert.All(
                betas.EnumerateArray().Zip(respaced.Betas),
                pair => Assert.Equal(pair.First.GetDouble(), pair.Second, 1e-10 * pair.First.GetDouble()));
            compared++;
        }
        Assert.InRange(compared, 8, 100);
    }

    [Fact]
    public void A_respaced_step_has_the_level_of_the_step_it_was() =>
        Gen.Int[1, 300].SampleFixed(count =>
        {
            var schedule = NoiseSchedule.Cosine(300);
            var respaced = schedule.Respace(count);
            Assert.Equal(count, respaced.Steps);
            Assert.True(count == 1 || respaced.Timesteps[0] == 0);
            Assert.Equal(299, respaced.Timesteps[^1]);
            for (int i = 0; i < count; i++) Assert.Equal(schedule.LevelAt(respaced.Timesteps[i]), respaced.LevelAt(i));
        });

    [Theory]
    [InlineData("1", 999)]
    [InlineData("2", 0, 999)]
    [InlineData("1,1", 0, 999)]
    [InlineData("2,1", 0, 499, 999)]
    public void The_last_step_of_a_process_is_kept_by_a_single_step_too(string spacing, params int[] kept) =>
        Assert.Equal(kept, NoiseSchedule.Linear().Respace(spacing).Timesteps);

    [Theory]
    [InlineData("linear")]
    [InlineData("cosine")]
    public void The_timestep_of_a_table_level_is_whole_on_the_original_process_and_its_respacings(string name)
    {
        var schedule = Named(name, 1000);
        for (int t = 0; t < 1000; t++) Assert.Equal(t, schedule.TimestepOf(schedule.LevelAt(t)));
        var respaced = schedule.Respace("ddim50");
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(20 * i, respaced.TimestepOf(respaced.LevelAt(i))));
    }

    [Fact]
    public void The_timestep_rises_with_the_noise_depends_on_the_ratio_alone_and_is_clamped()
    {
        var schedule = NoiseSchedule.Linear();
        Gen.Double[-4, 5].Array[2].SampleFixed(logs =>
        {
            Array.Sort(logs);
            double[] at = [.. logs.Select(log => schedule.TimestepOf(new(Math.Exp(log), 1)))];
            Assert.True(at[0] >= at[1]);
            Assert.InRange(at[1], 0, 999);
            Assert.Equal(at[0], schedule.TimestepOf(new(7 * Math.Exp(logs[0]), 7)), 1e-8);
        });
        // halfway in log signal-to-noise between two steps
        var (low, high) = (schedule.LevelAt(400), schedule.LevelAt(401));
        double ratio = Math.Sqrt(low.Alpha / low.Sigma * high.Alpha / high.Sigma);
        Assert.Equal(400.5, schedule.TimestepOf(new(ratio, 1)), 1e-9);
        Assert.Equal(0, schedule.TimestepOf(NoiseLevel.Clean));
        Assert.Equal(999, schedule.TimestepOf(new(0, 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("ddim")]
    [InlineData("ddim1")]
    [InlineData("ddim10,5")]
    [InlineData("1001")]
    [InlineData("600,10")]
    [InlineData("ten")]
    public void A_spacing_that_cannot_be_is_refused_in_one_line(string spacing)
    {
        var refused = Assert.Throws<InputException>(() => NoiseSchedule.Linear().Respace(spacing));
        Assert.Contains($"\"{spacing}\"", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Numbers_of_steps_and_betas_out_of_range_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseSchedule.Linear(20));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseSchedule.Cosine(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseSchedule.Linear().Respace(1001));
        Assert.Throws<ArgumentException>(() => NoiseSchedule.FromBetas(0.1, 1));
    }

    internal static NoiseSchedule Named(string name, int steps) =>
        name == "linear" ? NoiseSchedule.Linear(steps) : NoiseSchedule.Cosine(steps);
}
