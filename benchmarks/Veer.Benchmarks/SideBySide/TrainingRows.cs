using Veer.ClosedForm;
using Veer.Data;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Steps of trainings, AdamW and moving average included, and these two alone.</summary>
internal static class TrainingRows
{
    private const int MlpSteps = 20, MlpBatch = 4_096, MlpShard = 2_048, ImageShard = 32, Weighed = 100, Numbers = 357_500;
    private static readonly RandomKey Key = RandomKey.From(0, "benchmark-training");

    // steps of two sides are drawn by different generators
    private const double Alike = 0.05;

    public static IEnumerable<Row> All =>
    [
        new("training-mlp", "20 steps of training, MLP of 4 blocks of 128, batch 4,096, float32", "85 % of the products' speed")
        {
            Tolerance = Alike,
            Peers = [new("PyTorch", "training_mlp")],
            Prepare = folder =>
            {
                OwnTraining.Write(folder, Fractal.Sample(50_000, Key));
                Weights.Write(folder, Mlp());
                Arrays.Write(folder, "directions", FourierFeatures.Frequencies(2, MlpShape.FourierFeatures, MlpShape.FourierFrequency, Key.At(-1)));
                Arrays.Write(folder, "frequencies", TimeEmbedding.Frequencies(MlpShape.TimeFeatures));
            },
            Own = folder => OwnTraining.Steps(Weights.Read(folder, Mlp()), OwnTraining.Read(folder, Fractal.Classes), MlpBatch, MlpSteps),
            Plain = new("TorchSharp", folder => PlainTraining.Steps(
                Weights.Read(folder, new PlainMlp(Arrays.Read(folder, "directions"), Arrays.Read(folder, "frequencies"), MlpShape.Labels, MlpShape.Width, MlpShape.Layers)),
                OwnTraining.Read(folder, Fractal.Classes), MlpBatch, MlpSteps)),
            Limit = new("the products alone", _ => StepLimits.Products(
                [.. Mlp().parameters().Where(weight => weight.dim() == 2).Select(weight => (weight.shape[1], weight.shape[0]))], MlpShard, MlpSteps * MlpBatch / MlpShard)),
        },
        UNet(32, Precision.Float32),
        UNet(32, Precision.BFloat16),
        UNet(64, Precision.Float32),
        UNet(64, Precision.BFloat16),
        Updates,
    ];

    /// <summary>The network of the fractal's studies with wide denoisers.</summary>
    public static ResidualMlpOptions MlpShape { get; } = new() { Dimensions = 2, Labels = Fractal.Classes + 1, Width = 128, Layers = 4 };

    public static ConditionalNetwork Mlp() => ModelFolder.Create(MlpShape, Key);

    private static Row Updates => new("training-adamw", "AdamW and moving average, 35.75 million numbers", "-")
    {
        Peers = [new("PyTorch", "training_adamw")],
        Prepare = folder =>
        {
            Arrays.Write(folder, "weights", Arrays.Normal("weights", Weighed, Numbers));
            Arrays.Write(folder, "gradients", Arrays.Normal("gradients", Weighed, Numbers));
        },
        Own = folder =>
        {
            var (weights, gradients) = Read(folder);
            var optimizer = new AdamW(weights.Select((weight, i) => (FormattableString.Invariant($"{i}"), weight)));
            var mean = optimizer.Average().First().Value;
            long step = 0;
            return () =>
            {
                optimizer.Step(gradients, ++step, OwnTraining.Rate, OwnTraining.AverageDecay);
                return mean.abs().sum().item<float>();
            };
        },
        Plain = new("TorchSharp", folder =>
        {
            var (weights, gradients) = Read(folder);
            var update = PlainTraining.Updates(weights);
            foreach (var (weight, gradient) in weights.Zip(gradients)) weight.grad = gradient;
            return () =>
            {
                update.Step();
                return update.Average[0].abs().sum().item<float>();
            };
        }),
        Limit = new("nine passes over memory", folder => StepLimits.Passes(Read(folder).Gradients)),
    };

    private static Row UNet(int channels, Precision precision)
    {
        bool small = precision == Precision.BFloat16;
        string type = small ? "bfloat16" : "float32", name = FormattableString.Invariant($"training-unet-{channels}");
        return new(small ? name + "-bf16" : name, FormattableString.Invariant($"a step of training, UNet of {channels} and {2 * channels} channels, 1 block a size, 64 images of 28 × 28, {type}"), "-")
        {
            BFloat16 = small,
            Tolerance = Alike,
            Peers = [new("PyTorch", "training_unet", FormattableString.Invariant($"{channels}"), type)],
            Prepare = folder =>
            {
                OwnTraining.Write(folder, UNetImages.Drawn(1_000));
                Weights.Write(folder, UNetImages.Network(channels));
            },
            Own = folder => OwnTraining.Steps(
                Weights.Read(folder, UNetImages.Network(channels, precision)), OwnTraining.Read(folder, Mnist.Classes), UNetImages.Batch, steps: 1),
            Plain = small ? null : new("TorchSharp", folder => PlainTraining.Steps(
                Weights.Read(folder, UNetImages.Plain(channels)), OwnTraining.Read(folder, Mnist.Classes), UNetImages.Batch, steps: 1)),
            Limit = new("its convolutions alone", _ => StepLimits.Convolutions(
                UNetImages.Plain(channels), zeros(ImageShard, 1, Mnist.Side, Mnist.Side), UNetImages.Batch / ImageShard, trains: true, small)),
        };
    }

    private static (TorchSharp.Modules.Parameter[] Weights, Tensor[] Gradients) Read(string folder) =>
        ([.. Arrays.Read(folder, "weights").unbind().Select(weight => new TorchSharp.Modules.Parameter(weight.clone()))], Arrays.Read(folder, "gradients").unbind());
}
