using Veer.Formats;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

/// <summary>
/// A flow between two small point sets, which trains at thousands of steps a second, or between small images by the smallest UNet;
/// watched at every call of its loss.
/// </summary>
internal sealed class Toy : IObjective
{
    private static readonly RandomKey Stream = RandomKey.From(0, "toy");

    private readonly FlowObjective flow;
    private int calls;

    public Toy(bool images = false)
    {
        long[] shape = images ? [1, 8, 8] : [2];
        ConditionalNetwork network = images
            ? new AdmUNet(new() { ImageChannels = 1, Labels = 2, Channels = 32, ResidualBlocks = 1 }, Stream.At(1)) { Compute = Precision.BFloat16 }
            : new ResidualMlp(
                new() { Dimensions = 2, Labels = 2, Width = 8, Layers = 1, FourierFeatures = 4, FourierFrequency = 10, TimeFeatures = 4 },
                Stream.At(1));
        var source = Stream.At(2).Normal(0, 64, shape);
        var targets = new Targets(arange(128, ScalarType.Int64).remainder(64).reshape(64, 2));
        flow = new FlowObjective(network, source, arange(64, ScalarType.Int64).remainder(2), Stream.At(3).Normal(0, 64, shape) + 3, targets);
    }

    /// <summary>Told of every call's number, from 1; at one shard a step, the step's number in this process.</summary>
    public Action<int> Called { get; init; } = _ => { };

    /// <summary>Makes a loss something else, given the call's number.</summary>
    public Func<int, Tensor, Tensor> Changed { get; init; } = (_, loss) => loss;

    /// <summary>The same loss, whose gradient is not a number: 0 · sqrt(0) is 0, and 0 · its slope is not.</summary>
    public static Tensor Spoilt(Tensor loss) => loss + (loss - loss.detach()).sqrt() * 0;

    public nn.Module Network => flow.Network;

    public Tensor Loss(RandomKey key, int count)
    {
        int call = Interlocked.Increment(ref calls);
        Called(call);
        return Changed(call, flow.Loss(key, count));
    }

    /// <summary>Trains this toy in a folder and returns its weights' bytes.</summary>
    public byte[] Train(
        string folder, TrainingOptions options, TimeSpan? checkpointEvery = null, Action<string>? warn = null,
        Action<TrainingProgress>? progress = null, string settings = "toy", Action<EventLog?, long>? preview = null, CancellationToken? cancellation = null,
        bool? waits = null)
    {
        var trainer = new Trainer(this, options, Stream, folder, settings)
        {
            CheckpointEvery = checkpointEvery ?? TimeSpan.FromMinutes(2),
            Preview = preview,
            PreviewEvery = 50,
            Waits = waits,
        };
        trainer.Run(progress is null ? null : new SynchronousProgress<TrainingProgress>(progress), warn, cancellation ?? TestContext.Current.CancellationToken);
        return Weights();
    }

    /// <summary>Trains a fresh toy up to a step: it is cancelled in the midst of the next, which is dropped.</summary>
    public static void TrainUntil(int step, string folder, TrainingOptions options, int resumedFrom = 0)
    {
        using var source = new CancellationTokenSource();
        var toy = new Toy { Called = call => { if (resumedFrom + call == step + 1) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => new Trainer(toy, options, Stream, folder, "toy").Run(cancellation: source.Token));
    }

    public byte[] Weights() =>
        [.. Network.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.bytes.ToArray())];

    /// <summary>The rows of training.csv without their seconds.</summary>
    public static string[] Losses(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "training.csv")).Select(row => row[..row.LastIndexOf(',')])];

    /// <summary>The step of a checkpoint.</summary>
    public static int Step(string folder, string name = "checkpoint.safetensors")
    {
        string path = Path.Combine(folder, name);
        using var file = InputFile.Open(path, "a checkpoint");
        return int.Parse(SafetensorsHeader.Read(file, path).Metadata["step"], System.Globalization.CultureInfo.InvariantCulture);
    }
}
