using System.Text.Json;
using Veer.Formats;
using Veer.Guidance;
using Veer.Postprocessing;
using Veer.Sampling;
using Veer.Studies.Pipeline;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>Studies of several models and guidances, from end to end on small networks.</summary>
public sealed class StudyRunGuidancesTests : IDisposable
{
    private const string Line = """
        title: A tiny study on the line
        data: { kind: gaussians, means: [-1, 1], deviations: [0.5, 0.5], train_per_class: 300, held_out_per_class: 300 }
        denoiser:
          timesteps: 50
          network: { width: 8, layers: 1, fourier_features: 0, time_features: 4 }
          training: { steps: 30, batch_size: 64 }
        sampling: { sampler: ddpm, steps: 5, training_samples: 100, test_samples: 100, trajectories: 20 }
        evaluation: { assignment_points: 50, projections: 8 }

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void On_the_line_boundaries_densities_and_trajectories_are_left_for_learned_and_exact_models()
    {
        string[] rows = Execute(Line + """
            denoisers:
              conditional: { label_dropout: 0 }
              unconditional: { label_dropout: 1 }
            classifier: { timesteps: 50, training: { steps: 30, batch_size: 64 } }
            classifiers:
              linear: { network: linear }
              nonlinear: { network: mlp, size: { width: 8, layers: 1 } }
            guidance: { scales: [1, 4], denoiser: unconditional, kind: classifier }
            guidances:
              plain: { kind: classifier-free, denoiser: conditional, scales: [1] }
              linear: { classifier: linear }
              nonlinear: { classifier: nonlinear }
              closed: { classifier: exact, denoiser: exact }
            postprocessors: {}
            """);
        foreach (string guidance in (string[])["plain", "linear", "nonlinear", "closed"])
        {
            var boundary = Npz.Read(folder.File($"run/samples/boundary-{guidance}.npz"));
            Assert.Equal([boundary["steps"].shape[0], 1], boundary["points"].shape);
            var trajectories = Npz.Read(folder.File($"run/generated/{guidance}-w1/trajectories.npz"));
            Assert.Equal([6, 20, 1], trajectories["states"].shape);
            Assert.Equal([6, 20, 1], trajectories["ancestral"].shape);
            Assert.False(File.Exists(folder.File($"run/generated/{guidance}-w1/training.npz")));
            foreach (string metric in (string[])["wasserstein-1", "boundary-distance", "boundary-least-distance", "bend"])
                Assert.Contains($"{guidance} 1 all before {metric}", rows);
        }
        // two equally wide classes around 0 meet at 0, at every level
        var exact = Npz.Read(folder.File("run/samples/boundary-closed.npz"));
        Assert.Equal([0L, 1, 2, 3, 4, 5], exact["steps"].data<long>().ToArray());
        Assert.True(exact["points"].abs().max().item<float>() < 1e-3);
        var density = Npz.Read(folder.File("run/samples/density.npz"));
        Assert.Equal([6, density["grid"].shape[0]], density["values"].shape);
        double spacing = (density["grid"][1] - density["grid"][0]).item<float>();
        Assert.All(Enumerable.Range(0, 6), step => Assert.Equal(1, density["values"][step].sum().item<float>() * spacing, 0.1));
        // a conditional model has no unconditional error, an unconditional one no conditional
        Assert.Equal(["conditional"], Labels("conditional"));
        Assert.Equal(["unconditional"], Labels("unconditional"));
    }

    [Fact]
    public void Every_kind_of_guidance_runs()
    {
        string[] rows = Execute(StudyText.Tiny.Replace("guidance: { scales: [1, 2.5] }", """
            denoisers:
              base:
              weak: { network: { width: 4 } }
            guidance: { scales: [0.5] }
            guidances:
              classifier-free: {}
              classifier: { kind: classifier, classifier: exact }
              autoguidance: { kind: autoguidance, guide: weak }
              interval: { kind: interval }
              plus: { kind: classifier-free-plus-plus }
              annealed: { kind: condition-annealing, annealing_start: 0.1 }
              rectified: { kind: rectified }
            """, StringComparison.Ordinal) + """
            postprocessors:
              few: { pairing: balanced, rounds: 2, block_size: 50, guidances: [rectified] }
            applications:
              whole: { solver: euler, steps: 2 }
              half: { strength: 0.5 }
            """);
        foreach (string guidance in (string[])["classifier-free", "classifier", "autoguidance", "interval", "plus", "annealed", "rectified"])
            Assert.Contains($"{guidance} 0.5 all before nn-distance", rows);
        string[] stages = [.. rows.Where(row => row.EndsWith("0.5 all few nfe", StringComparison.Ordinal) || row.EndsWith("0.5 all few@half nfe", StringComparison.Ordinal))];
        Assert.Equal(["rectified 0.5 all few nfe", "rectified 0.5 all few@half nfe"], stages);
    }

    [Fact]
    public void One_table_of_rectified_guidance_serves_every_scale_until_the_run_ends()
    {
        var study = StudyText.Resolve(folder, Line + "guidances: { rectified: { kind: rectified, denoiser: exact, scales: [1, 2, 4] } }\npostprocessors: {}\n");
        var run = new RunOptions(folder.File("run"), 0, CPU);
        var plan = new Recorded();
        new StudyRun(study, run, plan).Check(TestContext.Current.CancellationToken);
        double[] expected = [.. plan.Stages.Where(stage => stage.Name.StartsWith("samples rectified", StringComparison.Ordinal)).Select(stage => stage.Seconds)];
        // the first of its scales waits for the fit
        Assert.True(expected[0] > 2 * expected[1] && expected[1] == expected[2], string.Join(", ", expected));
        using var context = new RunContext(study, run, new Recorded(), StudyData.Load(study, 0, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.All(study.Settings.Guidances["rectified"].Scales, scale => GuidedModels.Create(study.Settings.Guidances["rectified"], scale, context));
        var table = (ExpectationRatios)Assert.Single(context.Fitted("exact", SamplerKind.All.Named(study.Settings.Sampling.Sampler))).Value;
        context.Dispose();
        Assert.ThrowsAny<Exception>(() => table.At(new(0.6, 0.8), zeros(1, ScalarType.Int64)));
    }

    [Fact]
    public void One_postprocessor_is_told_the_scale_seen_or_not_in_every_way_of_applying_it()
    {
        string[] rows = Execute(StudyText.Tiny.Replace("guidance: { scales: [1, 2.5] }", "guidance: { scales: [1, 2.5], unseen_scales: [2, 4] }", StringComparison.Ordinal) + """
            postprocessors:
              told: { train: all, tell_scale: true, pairing: nearest, neighbors: 2 }
              untold: { train: all, pairing: nearest, neighbors: 2 }
              fast: { train: all, reflow: told }
              both: { chain: [told, untold] }
            applications:
              whole: { solver: euler, steps: 2, strength: 1 }
              chosen: { solver: euler, steps: 2, strengths: [0.5, 1] }
            """);
        foreach (string stage in (string[])["told", "told@chosen", "untold", "fast", "fast@chosen", "both"])
            foreach (string scale in (string[])["1", "2", "2.5", "4"]) Assert.Contains($"classifier-free {scale} all {stage} nn-distance", rows);
        using var told = Postprocessor.Load(folder.File("run/models/postprocessor-told-classifier-free"));
        using var untold = Postprocessor.Load(folder.File("run/models/postprocessor-untold-classifier-free"));
        Assert.Equal(2 * untold.Classes, told.Classes);
    }

    [Fact]
    public void A_guidance_may_have_a_sampler_of_its_own()
    {
        Execute(Line + """
            guidance: { scales: [1] }
            guidances:
              wandering: {}
              steady: { sampler: ddim }
            postprocessors: {}
            """);
        Assert.True(EndsWhereItsTrajectoriesEnd("steady"));
        Assert.False(EndsWhereItsTrajectoriesEnd("wandering"));

        // recorded trajectories are deterministic ones
        bool EndsWhereItsTrajectoriesEnd(string guidance)
        {
            var states = Npz.Read(folder.File($"run/generated/{guidance}-w1/trajectories.npz"))["states"];
            return states[-1].allclose(Npz.Read(folder.File($"run/generated/{guidance}-w1/test.npz"))["points"].narrow(0, 0, 20), 1e-5, 1e-6);
        }
    }

    private string[] Execute(string text)
    {
        new StudyRun(StudyText.Resolve(folder, text), new(folder.File("run"), 0, CPU), new Recorded()).Execute(TestContext.Current.CancellationToken);
        using var results = JsonDocument.Parse(File.ReadAllText(folder.File("run/results.json")));
        Assert.True(File.Exists(folder.File("run/report.html")));
        return [.. results.RootElement.GetProperty("rows").EnumerateArray().Select(row =>
            $"{row.GetProperty("guidance").GetString()} {row.GetProperty("scale")} {row.GetProperty("class").GetString()} "
            + $"{row.GetProperty("stage").GetString()} {row.GetProperty("metric").GetString()}")];
    }

    private IEnumerable<string> Labels(string denoiser)
    {
        using var error = JsonDocument.Parse(File.ReadAllText(folder.File($"run/models/{denoiser}/denoiser-error.json")));
        return [.. error.RootElement.EnumerateArray().Select(row => row.GetProperty("label").GetString()!).Distinct()];
    }
}
