using Veer.Solvers;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Solvers;

public sealed class OdeSolverTests
{
    // dx/dt = x cos t, so x = x0 exp(sin t)
    private static Tensor Swinging(Tensor x, double t) => x * Math.Cos(t);

    [Theory]
    [InlineData("Euler", 1)]
    [InlineData("Heun", 2)]
    [InlineData("Dopri5", 5)]
    public void Halving_the_step_shows_the_order_of_the_solver(string name, int order)
    {
        double coarse = ErrorWith(name, 16), fine = ErrorWith(name, 32);
        Assert.Equal(order, Math.Log2(coarse / fine), 0.12 * order);
    }

    private static double ErrorWith(string name, int steps)
    {
        IOdeSolver solver = name switch
        {
            "Euler" => new Euler(steps),
            "Heun" => new Heun(steps),
            // so wide a tolerance takes every step, and equal limits fix its length
            _ => new Dopri5(new() { AbsoluteTolerance = 1e3, MinimumStep = 2.0 / steps, MaximumStep = 2.0 / steps }),
        };
        var result = solver.Run(new Field(Swinging), One(), 0, 2);
        Assert.Equal(steps, result.Accepted);
        return Math.Abs(result.State.item<double>() - Math.Exp(Math.Sin(2)));
    }

    [Fact]
    public void The_error_follows_the_tolerance()
    {
        foreach (double tolerance in new[] { 1e-4, 1e-6, 1e-8, 1e-10 })
        {
            var solver = new Dopri5(new() { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance });
            double found = solver.Run(new Field(Swinging), One(), 0, 2).State.item<double>();
            Assert.Equal(Math.Exp(Math.Sin(2)), found, 20 * tolerance);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void Fixed_steps_cost_what_they_say_and_straight_paths_end_exactly(int solver, int evaluations)
    {
        IOdeSolver fixedSteps = solver == 1 ? new Euler(4) : new Heun(4);
        var field = new Field((x, _) => full_like(x, 3));
        var result = fixedSteps.Run(field, zeros(2, 3), 1, 0);
        Assert.Equal((4 * evaluations, 4, 0), (result.Evaluations, result.Accepted, result.Rejected));
        Assert.Equal(field.Evaluations, result.Evaluations);
        Assert.True(result.State.eq(-3).all().item<bool>());
        Assert.Equal((0, OdeOutcome.Done), (result.Time, result.Outcome));
    }

    [Fact]
    public void Fixed_steps_are_shared_among_the_parts_of_the_way()
    {
        var whole = new Euler(4).Run(new Field(Swinging), One(), 0, 2);
        var parts = new Euler(4).RunAt(new Field(Swinging), One(), 0, 0.5, 1.5, 2);
        Assert.Equal((4, 4L), (parts.Evaluations, parts.States!.shape[0]));
        Assert.Equal(whole.State.item<double>(), parts.State.item<double>());
        Assert.Equal(new Euler(1).Run(new Field(Swinging), One(), 0, 0.5).State.item<double>(), parts.States[1].item<double>());
        Assert.Equal(parts.State.item<double>(), parts.States[3].item<double>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Times_within_a_step_share_its_first_velocity(int steps)
    {
        // Heun: one more of each step, and one of each time that lies within it
        double[] strengths = [0, 0.25, 0.5, 0.75, 1];
        foreach (var (solver, first) in ((IOdeSolver, int)[])[(new Euler(steps), 0), (new Heun(steps), steps + strengths.Count(t => t * steps % 1 != 0))])
        {
            var field = new Field(Swinging);
            var found = solver.RunAt(field, One(), strengths);
            Assert.Equal(steps + first, found.Evaluations);
            Assert.Equal(field.Evaluations, found.Evaluations);
            for (int i = 1; i < strengths.Length; i++)
            {
                var alone = solver.SolvePart(new Field(Swinging), One(), zeros(1, ScalarType.Int64), [0, strengths[i]], 1, TestContext.Current.CancellationToken);
                Assert.Equal(alone.State.item<double>(), found.States![i].item<double>());
            }
        }
    }

    [Fact]
    public void A_velocity_that_the_field_keeps_stays_the_fields()
    {
        using var kept = ones(1, ScalarType.Float64);
        var field = new Field((_, _) => kept);
        foreach (IOdeSolver solver in (IOdeSolver[])[new Euler(3), new Heun(3), new Dopri5()])
            Assert.Equal(1.5, solver.RunAt(field, zeros(1, ScalarType.Float64), 0, 0.2, 1.5).State.item<double>(), 1e-12);
        Assert.False(kept.IsInvalid);
    }

    [Fact]
    public void There_and_back_returns_to_the_start()
    {
        var solver = new Dopri5(new() { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-9 });
        var there = solver.Run(new Field(Swinging), One(), 0, 2).State;
        Assert.Equal(1, solver.Run(new Field(Swinging), there, 2, 0).State.item<double>(), 1e-7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.001)]
    public void The_last_step_can_be_kept_inside_the_interval(double end)
    {
        double latest = 0;
        var field = new Field((x, t) =>
        {
            latest = Math.Max(latest, t);
            return Swinging(x, t);
        });
        var result = new Dopri5(new() { StepPastEnd = false }).Run(field, One(), 0, end);
        Assert.Equal(end, latest);
        Assert.Equal(Math.Exp(Math.Sin(end)), result.State.item<double>(), 1e-4);
    }

    [Fact]
    public void Each_sample_keeps_the_tolerance_where_the_norm_is_per_sample()
    {
        // one sample of a thousand turns fast: in the batch's mean it drowns
        var rate = ones(1000, 1, ScalarType.Float64);
        rate[0, 0] = 40;
        var field = new Field((x, t) => rate * Math.Cos(20 * t) * x);
        double truth = Math.Exp(2 * Math.Sin(20));
        double batch = Miss(ErrorNorm.Batch), sample = Miss(ErrorNorm.PerSample);
        Assert.InRange(sample, 0, batch / 5);

        double Miss(ErrorNorm norm) => Math.Abs(
            new Dopri5(new() { ErrorNorm = norm }).Run(field, ones(1000, 1, ScalarType.Float64), 0, 1).State[0].item<double>() - truth);
    }

    [Fact]
    public void A_singularity_ends_with_the_last_good_state()
    {
        // x = 1 / (1 - t) leaves for infinity at t = 1
        var result = new Dopri5().Run(new Field((x, _) => x * x), One(), 0, 2);
        Assert.NotEqual(OdeOutcome.Done, result.Outcome);
        Assert.InRange(result.Time, 0.99, 1.01);
        Assert.True(double.IsFinite(result.State.item<double>()));
    }

    [Fact]
    public void Numbers_that_are_none_end_with_the_last_good_state_and_are_named()
    {
        static Tensor Torn(Tensor x, double t) => t > 0.5 ? x / 0.0 * 0 : ones_like(x);

        var adaptive = new Dopri5().Run(new Field(Torn), One(), 0, 1);
        Assert.Equal(OdeOutcome.NonFinite, adaptive.Outcome);
        Assert.Equal(0.5, adaptive.Time, 1e-9);
        Assert.Equal(1.5, adaptive.State.item<double>(), 1e-9);

        var euler = new Euler(4).Run(new Field(Torn), One(), 0, 1);
        Assert.Equal((OdeOutcome.NonFinite, 0.75, 3, 1), (euler.Outcome, euler.Time, euler.Accepted, euler.Rejected));
        Assert.Equal(1.75, euler.State.item<double>());

        var start = new Dopri5().Run(new Field((x, _) => x * double.NaN), One(), 0, 1);
        Assert.Equal((OdeOutcome.NonFinite, 0, 1), (start.Outcome, start.Time, start.Evaluations));
    }

    [Fact]
    public void Limits_end_the_integration_with_their_names()
    {
        var few = new Dopri5(new() { MaximumSteps = 3 }).Run(new Field((x, t) => x * Math.Cos(50 * t)), One(), 0, 5);
        Assert.Equal(OdeOutcome.MaximumSteps, few.Outcome);
        Assert.Equal(3, few.Accepted + few.Rejected);
        Assert.Equal(2 + 6 * 3, few.Evaluations);
        Assert.InRange(few.Time, 1e-6, 4.9);

        var coarse = new Dopri5(new() { MinimumStep = 0.5 }).Run(new Field((x, t) => x * Math.Cos(50 * t)), One(), 0, 5);
        Assert.Equal(OdeOutcome.StepTooSmall, coarse.Outcome);
    }

    [Theory]
    [InlineData("dopri5")]
    [InlineData("euler")]
    public void Times_reached_before_a_failure_are_returned(string name)
    {
        static Tensor Torn(Tensor x, double t) => t > 0.5 ? x * double.NaN : ones_like(x);
        IOdeSolver solver = name == "euler" ? new Euler(10) : new Dopri5();
        var result = solver.RunAt(new Field(Torn), One(), 0, 0.25, 0.45, 0.8);
        Assert.Equal(OdeOutcome.NonFinite, result.Outcome);
        Assert.Equal(3, result.States!.shape[0]);
        Assert.Equal(1.45, result.States[2].item<double>(), 1e-9);
        Assert.Throws<ArgumentException>(() => solver.RunAt(new Field(Torn), One(), 0, 1, 0.5));
    }

    [Fact]
    public void Cancelling_and_settings_out_of_range_throw()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        foreach (IOdeSolver solver in new IOdeSolver[] { new Euler(1), new Heun(1), new Dopri5() })
        {
            Assert.Throws<OperationCanceledException>(
                () => solver.Solve(new Field(Swinging), One(), zeros(1, ScalarType.Int64), 0, 1, cancelled.Token));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new Euler(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dopri5(new() { AbsoluteTolerance = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dopri5(new() { MinimumStep = 1, MaximumStep = 0.5 }));
    }

    [Fact]
    public void Solving_leaves_no_tensor_behind_but_the_result()
    {
        var (x, label) = (One(), zeros(1, ScalarType.Int64));
        foreach (IOdeSolver solver in new IOdeSolver[] { new Euler(9), new Heun(9), new Dopri5() })
        {
            using var scope = NewDisposeScope();
            // a field may hand out its argument
            var result = solver.Solve(new Field((state, _) => state), x, label, 0, 3, TestContext.Current.CancellationToken);
            Assert.Equal(1, scope.DisposablesCount);
            Assert.False(result.State.requires_grad);
        }
        Assert.Equal(1, x.item<double>());
    }

    private static Tensor One() => ones(1, 1, ScalarType.Float64);
}
