using TorchSharp;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;
using Veer.Studies.Runs;

namespace Veer.Studies.Pipeline;

/// <summary>How far the learned denoiser is from the closed form, by noise level: what is learning error and what is not.</summary>
internal static class DenoiserError
{
    private const int Levels = 16;
    private const int Points = 4096;

    public static IReadOnlyList<DenoiserErrorRow> Measure(NetworkDenoiser learned, GaussianMixture truth, NoiseSchedule schedule, LabeledData real, RunOptions run, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var exact = new MixtureDenoiser(truth);
        var clean = real.Slice(0, Math.Min(Points, real.Count));
        var rows = new List<DenoiserErrorRow>();
        for (int i = 0; i < Levels; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            // evenly spaced in the square root of the timestep: the fine levels, where details are decided, get their share
            int t = (int)Math.Round((schedule.Steps - 1) * Math.Pow(i / (Levels - 1.0), 2));
            var level = schedule.LevelAt(t);
            var noise = RandomKey.From(run.Seed, "denoiser error").At(i).Normal(0, clean.Count, [clean.Points.shape[1]]);
            var x = level.Mix(clean.Points, noise);
            foreach (var (name, label) in Asked(learned, clean.Labels))
            {
                var found = learned.Predict(x.to(run.Device), level, label.to(run.Device)).Noise.cpu();
                var known = exact.Predict(x, level, label).Noise;
                rows.Add(new(level.Alpha, level.Sigma, name, Square(found - known), Square(known - noise)));
            }
        }
        return rows;
    }

    /// <summary>The labels that the network was trained on: always null, never null, or both.</summary>
    private static IEnumerable<(string Name, Tensor Label)> Asked(NetworkDenoiser learned, Tensor labels)
    {
        if (learned.Info.KnowsLabels) yield return ("conditional", labels);
        if (learned.Info.KnowsNullLabel) yield return ("unconditional", full_like(labels, learned.Classes));
    }

    private static double Square(Tensor difference) => difference.square().mean().ToDouble();
}
