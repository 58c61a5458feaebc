using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Draws what one guidance scale needs: samples to train on, samples to measure, and trajectories to look at.</summary>
internal sealed class SampleStage(IDenoiser denoiser, NoiseSchedule schedule, StudySettings settings, int dimensions, RunOptions run)
{
    private const int BatchSize = 10_000;

    /// <summary>Samples 0 to T - 1 are measured, the next ones trained on; every scale starts from the same noise.</summary>
    public void Draw(double scale, RunPaths paths, Action<double> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sampling = settings.Sampling;
        var guided = new ClassifierFreeGuidance(denoiser, scale);
        ISampler sampler = sampling.Sampler == "ddpm" ? new Ddpm(schedule, sampling.Steps) : new Ddim(schedule, sampling.Steps);
        double total = sampling.TestSamples + sampling.TrainingSamples;
        var test = Labelled(0, sampling.TestSamples, fraction => progress(fraction * sampling.TestSamples / total));
        var training = Labelled(
            sampling.TestSamples, sampling.TrainingSamples, fraction => progress((sampling.TestSamples + fraction * sampling.TrainingSamples) / total));
        // the deterministic twin of the same process: the lines of ancestral samples are random walks, which show nothing
        var trajectory = new Ddim(schedule, sampling.Steps).SampleTrajectory(
            guided, Labels(0, sampling.Trajectories), [dimensions], run.Seed, new() { Device = run.Device, Output = CPU }, cancellation);
        Npz.Write(paths.Test(scale), test);
        Npz.Write(paths.Training(scale), training);
        Npz.Write(paths.Trajectories(scale), new Dictionary<string, Tensor>
        {
            ["states"] = trajectory.States,
            ["signal"] = tensor(trajectory.Levels.Select(level => level.Signal).ToArray()),
            ["noise"] = tensor(trajectory.Levels.Select(level => level.Noise).ToArray()),
            ["labels"] = Labels(0, sampling.Trajectories),
        });

        Dictionary<string, Tensor> Labelled(long first, int count, Action<double> report)
        {
            var labels = Labels(first, count);
            var options = new SamplingOptions
            {
                FirstSample = first,
                BatchSize = BatchSize,
                Device = run.Device,
                Output = CPU,
                Progress = new Told<SamplingProgress>(p => report(p.Fraction)),
            };
            return new() { ["points"] = sampler.Sample(guided, labels, [dimensions], run.Seed, options, cancellation), ["labels"] = labels };
        }
    }

    /// <summary>Classes in turn, so that any run of samples holds equal shares.</summary>
    private Tensor Labels(long first, long count) => arange(first, first + count, ScalarType.Int64).remainder_(denoiser.Classes);
}

/// <summary>Progress told at once, on the caller's thread.</summary>
internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
