using System.Globalization;
using TorchSharp;
using Veer.Data;
using Veer.Formats;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;

namespace Veer.Features;

/// <summary>How an evaluation classifier ("judge") is trained.</summary>
public sealed record ImageJudgeOptions
{
    /// <summary>Changes of the training images.</summary>
    public ImageAugmentation Augmentation { get; init; } = new();

    /// <summary>Steps, batch size and learning rate.</summary>
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
    /// The options of the judge that the library embeds for a data set. Images of Fashion-MNIST may be mirrored, and are all of one
    /// size and upright; a digit is rotated a little and may not be mirrored; images of CIFAR-10 are mirrored and shifted.
    /// </summary>
    /// <param name="dataSet">One of <see cref="ImageJudge.DataSets"/>; for any other, the options of MNIST.</param>
    public static ImageJudgeOptions Of(string dataSet) => dataSet switch
    {
        "fashion-mnist" => new() { Augmentation = new() { Rotation = 0, Scaling = 0, Shift = 1, Mirror = true } },
        "cifar10" => new()
        {
            Augmentation = new() { Rotation = 0, Scaling = 0, Shift = 4, WholePixels = true, Mirror = true },
            Training = new() { Steps = 6000, BatchSize = 128, LearningRate = 2e-3, WarmupSteps = 300, WeightDecay = 0.05, AverageDecay = 0.998 },
        },
        _ => new(),
    };
}

/// <summary>Trains a <see cref="ImageJudge"/>.</summary>
public static class ImageJudgeTraining
{
    /// <summary>Classes of every data set that has a judge.</summary>
    internal const int Classes = 10;

    /// <summary>Training images that tell the features' spread.</summary>
    private const long SpreadImages = 10_000;

    /// <summary>The judge's file in its folder.</summary>
    public const string FileName = "judge.safetensors";

    /// <summary>Trains a judge, or goes on with one that was stopped, and saves it as <see cref="FileName"/>.</summary>
    /// <param name="data">Training images [N, 1, 28, 28] or [N, 3, 32, 32] in [-1, 1] with labels 0 to 9, on the device to train on.</param>
    /// <param name="dataSet">What they are images of ("mnist"): metrics refuse the judge for any other data set.</param>
    /// <param name="options">The training.</param>
    /// <param name="folder">Where the judge, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="precision">Compute dtype of the network of coloured images in training; it classifies in float32.</param>
    /// <param name="cancellation">Stops after a checkpoint.</param>
    /// <returns>The judge as it was saved, on the device of the data.</returns>
    /// <exception cref="InputException">The images are of another shape or have another number of classes.</exception>
    public static ImageJudge Fit(
        LabeledData data, string dataSet, ImageJudgeOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, Precision precision = Precision.Float32,
        CancellationToken cancellation = default)
    {
        var device = data.Points.device;
        using var network = Network(data, dataSet);
        network.Initialise(RandomKey.From(seed, "judge weights"));
        network.to(device);
        var objective = new ImageJudgeObjective(network, data, options.Augmentation);
        using var trainer = new Trainer(objective, options.Training, RandomKey.From(seed, "judge"), folder, ContentKey.Compute(new { dataSet, options, precision }, data.Key()));
        if (network is IMixedPrecision learning) learning.Compute = precision;
        trainer.Run(progress, warn, cancellation);
        if (network is IMixedPrecision learned) learned.Compute = Precision.Float32;
        Standardise(network, data);
        string path = Path.Combine(folder, FileName);
        ImageJudge.Write(path, network, new Dictionary<string, string>
        {
            [ImageJudge.ForKey] = dataSet,
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["options"] = InvariantCulture.Run(options.ToString),
        });
        trainer.Finish();
        return ImageJudge.Load(path, device);
    }

    /// <summary>
    /// Gives the features a variance of 1 on average over training images, by one factor for all; the logits stay. The cube in the kernel
    /// distance asks for features of order one.
    /// </summary>
    private static void Standardise(JudgeNetwork network, LabeledData data)
    {
        using var scope = NewDisposeScope();
        var some = data.Slice(0, Math.Min(SpreadImages, data.Count));
        var features = ImageBatches.Map(some.Points, nameof(Standardise), network.Features);
        double variance = features.to(ScalarType.Float64).var(0, unbiased: false).mean().item<double>();
        if (variance > 0) network.ScaleFeatures(1 / Math.Sqrt(variance));
    }

    /// <summary>Whether a judge can be trained on such images, before any work.</summary>
    /// <exception cref="InputException">The images are of another shape or have another number of classes.</exception>
    internal static void Require(LabeledData data, string dataSet) => Network(data, dataSet).Dispose();

    private static JudgeNetwork Network(LabeledData data, string dataSet)
    {
        if (data.Classes != Classes) throw new InputException($"{dataSet}-judge", "classes", $"{data.Classes}", $"{Classes}");
        return (data.Count > 0 ? JudgeNetwork.For(data.Points.shape.AsSpan(1), Classes) : null) ?? throw new InputException(
            $"{dataSet}-judge", "images", $"[{string.Join(", ", data.Points.shape)}]",
            $"[N, {string.Join(", ", DigitNetwork.ImageShape)}] or [N, {string.Join(", ", PhotoNetwork.ImageShape)}]");
    }
}
