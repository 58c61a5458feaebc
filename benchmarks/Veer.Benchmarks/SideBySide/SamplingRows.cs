using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Samples of a UNet.</summary>
internal static class SamplingRows
{
    private const int Channels = 32, Steps = 10;
    private const double Scale = 2, Spread = 0.03;

    public static IEnumerable<Row> All =>
    [
        new("sampling-ddim", "10 steps of guided DDIM, UNet of 32 and 64 channels, 64 images of 28 × 28, float32", "1.6x")
        {
            Peers = [new("PyTorch, two calls", "sampling_ddim", FormattableString.Invariant($"{Channels}"))],
            Prepare = folder =>
            {
                using var scope = NewDisposeScope();
                var images = UNetImages.Drawn(UNetImages.Batch);
                Arrays.Write(folder, "points", images.Points);
                Arrays.Write(folder, "labels", images.Labels);
                Weights.Write(folder, UNetImages.Network(Channels), Spread);
            },
            Own = folder =>
            {
                var images = OwnTraining.Read(folder, Mnist.Classes);
                var denoiser = new DdpmDenoiser(Weights.Read(folder, UNetImages.Network(Channels)), NoiseSchedule.Linear(), Mnist.Classes, OwnTraining.LabelDropout)
                {
                    SampleShape = images.Points.shape[1..],
                };
                var guided = new ClassifierFreeGuidance(denoiser, Scale);
                return () => Figure(new Ddim(Steps).Sample(guided, images.Labels, seed: 0, new() { Start = images.Points }));
            },
            Plain = new("TorchSharp, two calls", folder =>
            {
                var images = OwnTraining.Read(folder, Mnist.Classes);
                var network = Weights.Read(folder, UNetImages.Plain(Channels));
                var levels = NoiseSchedule.Linear().Respace(Steps);
                return () => Figure(Drawn(network, levels, images));
            }),
            Limit = new("its convolutions alone", _ => StepLimits.Convolutions(
                UNetImages.Plain(Channels), zeros(2 * UNetImages.Batch, 1, Mnist.Side, Mnist.Side), Steps, trains: false)),
        },
    ];

    private static double Figure(Tensor samples) => samples.abs().sum(ScalarType.Float64).item<double>();

    private static Tensor Drawn(PlainUNet network, NoiseSchedule schedule, LabeledData start)
    {
        var (x, none) = (start.Points, full_like(start.Labels, start.Classes));
        for (int step = Steps - 1; step >= 0; step--)
        {
            using var scope = NewDisposeScope();
            var (from, to) = (schedule.LevelAt(step), step > 0 ? schedule.LevelAt(step - 1) : NoiseLevel.Clean);
            var t = full(1, schedule.Timesteps[step] / (float)OwnTraining.Times);
            var noise = (1 - Scale) * network.call(x, t, none) + Scale * network.call(x, t, start.Labels);
            x = ((x - from.Sigma * noise) * (to.Alpha / from.Alpha) + to.Sigma * noise).MoveToOuterDisposeScope();
        }
        return x;
    }
}
