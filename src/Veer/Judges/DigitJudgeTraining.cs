using System.Globalization;
using TorchSharp;
using Veer.Data;
using Veer.Metrics;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Judges;

/// <summary>How a judge is trained.</summary>
public sealed record DigitJudgeOptions
{
    /// <summary>Changes of the training images.</summary>
    public ImageAugmentation Augmentation { get; init; } = new();

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new()
    {
        Steps = 2800,
        BatchSize = 256,
        LearningRate = 2e-3,
        WarmupSteps = 100,
        WeightDecay = 0.02,
        AverageDecay = 0.998,
    };

    /// <summary>
    /// The options of the judge that the library carries for a data set. A garment may be mirrored, and its pictures are all of one
    /// size and upright; a digit turns a little and may not be mirrored.
    /// </summary>
    /// <param name="dataSet">One of <see cref="DigitJudge.DataSets"/>; for any other, the options of digits.</param>
    public static DigitJudgeOptions Of(string dataSet) =>
        dataSet == "fashion-mnist" ? new() { Augmentation = new() { Rotation = 0, Scaling = 0, Shift = 1, Mirror = true } } : new();
}

/// <summary>Trains a <see cref="DigitJudge"/>.</summary>
public static class DigitJudgeTraining
{
    /// <summary>Training images that tell the features' spread.</summary>
    private const long SpreadImages = 10_000;

    /// <summary>The judge's file in its folder.</summary>
    public const string FileName = "judge.safetensors";

    /// <summary>Trains a judge, or goes on with one that was stopped, and saves it as <see cref="FileName"/>.</summary>
    /// <param name="data">Training images [N, 1, 28, 28] in [-1, 1] with labels 0 to 9, on the device to train on.</param>
    /// <param name="dataSet">What they are images of ("mnist"): metrics refuse the judge for any other data set.</param>
    /// <param name="options">The training.</param>
    /// <param name="folder">Where the judge, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <returns>The judge as it was saved, on the device of the data.</returns>
    /// <exception cref="InputException">The images are of another shape or have another number of classes.</exception>
    public static DigitJudge Fit(
        LabeledData data, string dataSet, DigitJudgeOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        Check(data, dataSet);
        var device = data.Points.device;
        using var network = new DigitNetwork(Mnist.Classes);
        network.Initialise(RandomKey.Of(seed, "judge weights"));
        network.to(device);
        var objective = new DigitJudgeObjective(network, data, options.Augmentation);
        using var trainer = new Trainer(objective, options.Training, RandomKey.Of(seed, "judge"), folder, $"{dataSet} {options}");
        trainer.Run(progress, warn, cancellation);
        Standardise(network, data);
        string path = Path.Combine(folder, FileName);
        DigitJudge.Write(path, network, new Dictionary<string, string>
        {
            [DigitJudge.ForKey] = dataSet,
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["options"] = $"{options}",
        });
        trainer.Finish();
        return DigitJudge.Load(path, device);
    }

    /// <summary>
    /// Gives the features a variance of 1 on average over training images, by one factor for all; the logits stay. The cube in the kernel
    /// distance asks for features of order one.
    /// </summary>
    private static void Standardise(DigitNetwork network, LabeledData data)
    {
        using var scope = NewDisposeScope();
        var some = data.Slice(0, Math.Min(SpreadImages, data.Count));
        var features = ImageBatches.Map(some.Points, DigitJudge.Shape, nameof(Standardise), network.Features);
        double variance = features.to(ScalarType.Float64).var(0, unbiased: false).mean().item<double>();
        if (variance > 0) network.ScaleFeatures(1 / Math.Sqrt(variance));
    }

    private static void Check(LabeledData data, string dataSet)
    {
        long[] shape = data.Points.shape;
        if (shape is not [> 0, 1, Mnist.Side, Mnist.Side])
            throw new InputException($"{dataSet}-judge", "images", $"[{string.Join(", ", shape)}]", $"[N, 1, {Mnist.Side}, {Mnist.Side}]");
        if (data.Classes != Mnist.Classes)
            throw new InputException($"{dataSet}-judge", "classes", $"{data.Classes}", $"{Mnist.Classes}");
    }
}
