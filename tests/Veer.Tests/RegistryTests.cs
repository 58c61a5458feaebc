using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests;

public sealed class RegistryTests
{
    [Fact]
    public void A_name_that_is_not_registered_is_refused_with_those_that_are()
    {
        Refusal.Of(() => SolverKind.All.Named("rk4"), "solver: found 'rk4', expected one of dopri5, euler, heun");
        Assert.Null(GuidanceKind.All.Find("cfg"));
    }

    [Fact]
    public void A_kind_of_ones_own_is_found_by_its_name_and_added_once()
    {
        var kinds = new Registry<ScheduleKind>("schedule", [.. ScheduleKind.All]);
        ScheduleKind own = new() { Name = "constant", Title = "", Make = steps => NoiseSchedule.FromBetas([.. Enumerable.Repeat(0.1, steps)]) };
        kinds.Add(own);
        Assert.Same(own, kinds.Named("constant"));
        Assert.Equal(["linear", "cosine", "constant"], kinds.Names);
        Assert.Throws<ArgumentException>(() => kinds.Add(own));
    }

    [Fact]
    public void Every_kind_says_what_it_is_and_where_it_is_from()
    {
        Assert.All(GuidanceKind.All, kind => Assert.True(Said(kind.Name, kind.Title, kind.Formula, kind.Source), kind.Name));
        Assert.All(SamplerKind.All, kind => Assert.True(Said(kind.Name, kind.Title, kind.Source), kind.Name));
        static bool Said(params string[] texts) => texts.All(text => text.Length > 0);
    }

    [Fact]
    public void What_a_guidance_lacks_is_told_by_its_name()
    {
        GuidanceParts parts = new(new StandIn());
        Refusal.Of(() => Autoguidance.Kind.Create(parts, 2), "autoguidance: guide: found none");
        Refusal.Of(() => ClassifierGuidance.Kind.Create(parts, 2), "classifier: classifier: found none");
        Refusal.Of(() => IntervalGuidance.Kind.Create(parts with { Options = new IntervalOptions { LowestNoise = 3 } }, 2), "interval: lowest_noise", "less than highest_noise, 2");
        Refusal.Of(() => IntervalGuidance.Kind.Create(parts with { Options = new IntervalOptions { LowestNoise = -1 } }, 2), "interval: lowest_noise");
    }

    private sealed class StandIn : IDenoiser
    {
        public DenoiserInfo Info { get; } = new() { KnowsNullLabel = true };

        public Prediction Predict(TorchSharp.torch.Tensor x, NoiseLevel level, TorchSharp.torch.Tensor label, PredictionContext? context = null) =>
            throw new NotSupportedException();
    }
}
