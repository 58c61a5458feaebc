using System.Text.Json;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>Single steps and whole loops of guided-diffusion (numbers in Golden/ddpm*).</summary>
public sealed class GoldenStepTests
{
    private static readonly JsonElement Index = GoldenFile.Json("ddpm.json");

    public static TheoryData<string> StepCases => ["ddpm_steps_linear1000", "ddpm_steps_cosine100", "ddpm_steps_respaced"];

    [Theory]
    [MemberData(nameof(StepCases))]
    public void Single_steps_match_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var info = Index.GetProperty("step_cases").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var schedule = NoiseScheduleTests.Named(info.GetProperty("schedule").GetString()!, info.GetProperty("T").GetInt32());
        if (info.GetProperty("respacing").GetString() is { } spacing) schedule = schedule.Respace(spacing);
        var golden = GoldenFile.Load(name + ".safetensors");
        long[] steps = [.. golden["t"].data<long>()];
        for (int row = 0; row < steps.Length; row++)
        {
            int t = (int)steps[row];
            var (from, to) = (schedule.LevelAt(t), t == 0 ? NoiseLevel.Clean : schedule.LevelAt(t - 1));
            var (x, y, z) = (Row("x_t"), golden["y"].narrow(0, row, 1), Row("step_noise"));
            Check("x_t", from.Mix(Row("x0"), Row("noise")));
            Check("posterior_mean", Row("x0") * schedule.PosteriorMeanClean[t] + x * schedule.PosteriorMeanNoisy[t]);

            foreach (bool clip in new[] { true, false })
            {
                string kind = clip ? "clip" : "noclip";
                var small = new Ddpm(schedule);
                Check($"small.{kind}.mean", small.Step(Plain(clip).Predict(x, from, y), from, to, zeros_like(x)));
                Check($"small.{kind}.pred_xstart", Plain(clip).Predict(x, from, y).Clean);
                Check($"small.{kind}.p_sample.plain", small.Step(Plain(clip).Predict(x, from, y), from, to, z));
                Check($"small.{kind}.p_sample.cond", small.Step(Guided(clip, new AncestralClassifier(new StandIn(schedule), small)), from, to, z));
                var wide = new Ddpm(schedule, variance: AncestralVariance.Large);
                Check($"large.{kind}.p_sample.plain", wide.Step(Plain(clip).Predict(x, from, y), from, to, z));
                Check($"large.{kind}.p_sample.cond", wide.Step(Guided(clip, new AncestralClassifier(new StandIn(schedule), wide)), from, to, z));
                foreach (string eta in new[] { "0", "0.5" })
                {
                    var ddim = new Ddim(schedule, eta: double.Parse(eta, System.Globalization.CultureInfo.InvariantCulture));
                    Check($"small.{kind}.ddim_eta{eta}.plain", ddim.Step(Plain(clip).Predict(x, from, y), from, to, z));
                    Check($"small.{kind}.ddim_eta{eta}.cond", ddim.Step(Guided(clip, new StandIn(schedule)), from, to, z));
                }
                Check($"small.{kind}.ddim_xstart.cond", Guided(clip, new StandIn(schedule)).Clean);
            }
            var clean = new StandIn(schedule, predictsClean: true).Predict(x, from, y);
            Check("x0model.ddim_eta0", new Ddim(schedule).Step(clean, from, to, null));

            Tensor Row(string key) => golden[key].narrow(0, row, 1);

            IDenoiser Plain(bool clip) => clip ? new ClippedDenoiser(new StandIn(schedule)) : new StandIn(schedule);

            Prediction Guided(bool clip, INoisyClassifier classifier) =>
                new ClassifierGuidance(Plain(clip), classifier, 1, conditional: true).Predict(x, from, y);

            void Check(string key, Tensor found)
            {
                double tolerance = Math.Max(6 * info.GetProperty("float32_noise").GetProperty(key).GetDouble(), 2e-6);
                double miss = RelativeMiss(found, Row(key));
                Assert.True(miss <= tolerance, $"{key} at t = {t}: {miss} against {tolerance}");
            }
        }
    }

    public static TheoryData<string, string, bool, bool> LoopCases => new(
        from spacing in (string[])["25", "ddim20"]
        from sampler in (string[])["ddpm", "ddim"]
        from guided in (bool[])[false, true]
        from clip in (bool[])[true, false]
        select (spacing, sampler, guided, clip));

    [Theory]
    [MemberData(nameof(LoopCases))]
    public void Whole_loops_match_the_reference(string spacing, string sampler, bool guided, bool clip)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load("ddpm_loops.safetensors");
        var schedule = NoiseSchedule.Linear().Respace(spacing);
        var walk = new Ddpm(schedule);
        INoisyClassifier classifier = sampler == "ddpm" ? new AncestralClassifier(new StandIn(schedule), walk) : new StandIn(schedule);
        IDenoiser denoiser = clip ? new ClippedDenoiser(new StandIn(schedule)) : new StandIn(schedule);
        if (guided) denoiser = new ClassifierGuidance(denoiser, classifier, 1, conditional: true);

        var states = new List<Tensor>();
        if (sampler == "ddim")
        {
            var trajectory = new Ddim(schedule).Draw(denoiser, golden["y"], [1, 5], golden["x_T"]);
            states.AddRange(Enumerable.Range(1, schedule.Steps).Select(i => trajectory.States[i]));
        }
        else
        {
            // the reference's own noise, so step by step
            var x = golden["x_T"];
            for (int i = 0; i < walk.Steps; i++)
            {
                var (from, to) = (walk.Levels[i], walk.Levels[i + 1]);
                x = walk.Step(denoiser.Predict(x, from, golden["y"]), from, to, golden[spacing + ".noise"][i]);
                states.Add(x);
            }
        }
        string key = $"{spacing}.{sampler}.{(guided ? "cond" : "plain")}.{(clip ? "clip" : "noclip")}";
        Assert.InRange(RelativeMiss(states[^1], golden[key]), 0, 2e-5);
        Assert.InRange(RelativeMiss(states[schedule.Steps / 2], golden[key + ".mid"]), 0, 2e-5);
    }

    private static double RelativeMiss(Tensor found, Tensor expected) =>
        ((found - expected).abs().max() / expected.abs().max()).to(ScalarType.Float64).item<double>();
}
