using System.Security.Cryptography;
using TorchSharp;
using Veer.Data;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Features;

/// <summary>
/// An evaluation classifier ("judge"): a small classifier of clean images, grey ones of 28 x 28 pixels or coloured ones of 32 x 32, that says
/// whether generated ones show their class, and in whose features they are measured. The library embeds one for MNIST, one for Fashion-MNIST
/// and one for CIFAR-10, so that everyone's numbers compare; <see cref="ImageJudgeTraining"/> trains them.
/// </summary>
/// <remarks>
/// The features are the outputs of the layer before the logits (64 of grey images, 128 of coloured ones), after its leaky ReLU; their
/// variance is 1 on average over training images.
/// </remarks>
public sealed class ImageJudge : IFeatureSpace
{
    /// <summary>SHA-256 of the MNIST judge's file.</summary>
    public const string MnistFingerprint = "436a250af49bf52a37385d1a58ff4b3db385192f3c3f343da6740a11cb437970";

    /// <summary>SHA-256 of the Fashion-MNIST judge's file.</summary>
    public const string FashionMnistFingerprint = "456de41edf57c6914d77706926c379de2322db9bd68923a487d5ffcaba179ab7";

    /// <summary>SHA-256 of the CIFAR-10 judge's file.</summary>
    public const string Cifar10Fingerprint = "6c7cb5c6c4d8d94c6a649110228f6520d82102ce7545933c265c8958089aa2ed";

    /// <summary>The key of <see cref="For"/> in the file's metadata.</summary>
    internal const string ForKey = "for";

    private readonly JudgeNetwork network;
    private readonly Device device;

    private ImageJudge(JudgeNetwork network, Device device, string dataSet, string fingerprint) =>
        (this.network, this.device, For, Fingerprint) = (network, device, dataSet, fingerprint);

    /// <summary>The data sets that the library embeds a judge for.</summary>
    public static IReadOnlyList<string> DataSets { get; } = ["cifar10", "fashion-mnist", "mnist"];

    /// <summary>The data set that it was trained on: "mnist".</summary>
    public string For { get; }

    /// <inheritdoc/>
    public string Name => $"{For}-judge";

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int Size => network.FeatureSize;

    /// <summary>[C, H, W] of the images that it sees.</summary>
    internal IReadOnlyList<long> Shape => network.Shape;

    /// <summary>Number of classes.</summary>
    public int Classes => network.Classes;

    /// <summary>The judge that the library embeds for a data set.</summary>
    /// <param name="dataSet">One of <see cref="DataSets"/>.</param>
    /// <param name="device">Where it works; the CPU if not said.</param>
    /// <exception cref="InputException">The library embeds none for it.</exception>
    public static ImageJudge Named(string dataSet, Device? device = null)
    {
        if (!DataSets.Contains(dataSet))
            throw new InputException("judge", "data set", $"'{dataSet}'", $"one of {string.Join(", ", DataSets)}");
        string name = $"{dataSet}-judge.safetensors";
        using var stream = typeof(ImageJudge).Assembly.GetManifestResourceStream(name)!;
        return Read(stream, name, device);
    }

    /// <summary>A judge that <see cref="ImageJudgeTraining"/> left.</summary>
    /// <param name="path">Its safetensors file.</param>
    /// <param name="device">Where it works; the CPU if not said.</param>
    /// <exception cref="InputException">There is no such file, or it holds no judge.</exception>
    public static ImageJudge Load(string path, Device? device = null)
    {
        using var stream = InputFile.Open(path, "a judge's safetensors file");
        return Read(stream, path, device);
    }

    /// <inheritdoc/>
    public void Check(Tensor images) => ImageBatches.RequireShape(images, network.Shape, Name);

    /// <inheritdoc/>
    public Tensor Extract(Tensor images) => network.Features(images.to(device));

    /// <summary>The probability of every class for each image.</summary>
    /// <param name="images">[N, C, H, W] in [-1, 1].</param>
    /// <returns>[N, Classes] float32; each row sums to 1.</returns>
    /// <exception cref="InputException">There are none, they are of another shape, or a value is not finite.</exception>
    public Tensor Probabilities(Tensor images)
    {
        Check(images);
        return ImageBatches.Map(images, Name, batch => network.forward(batch.to(device)).softmax(1));
    }

    /// <summary>The logits of images, from their features.</summary>
    /// <param name="features">[N, Size], as the space gave them.</param>
    /// <returns>[N, Classes]; the greatest is of the class that an image most probably shows.</returns>
    public Tensor Logits(Tensor features)
    {
        using var quiet = no_grad();
        return network.Logits(features);
    }

    /// <summary>What the logits are made of features by: [Classes, Size], a copy.</summary>
    public Tensor LogitWeight() => network.LogitWeight.detach().clone();

    /// <summary>`label-agreement`: the share of images whose most probable class is the label that they were asked for.</summary>
    /// <param name="samples">Images [N, C, H, W] in [-1, 1] with their labels.</param>
    /// <returns>0 to 1; on a data set's test images, the judge's accuracy.</returns>
    /// <exception cref="InputException">There are none, they are of another shape, or a value is not finite.</exception>
    public double LabelAgreement(LabeledData samples)
    {
        using var scope = NewDisposeScope();
        var chosen = Probabilities(samples.Points).argmax(1);
        return chosen.eq(samples.Labels.to(device)).to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => network.Dispose();

    internal static void Write(string path, JudgeNetwork network, IReadOnlyDictionary<string, string> metadata) =>
        Safetensors.Write(path, StateTensors.Collect(network), metadata);

    private static ImageJudge Read(Stream stream, string path, Device? device)
    {
        string fingerprint = Convert.ToHexStringLower(SHA256.HashData(stream));
        stream.Position = 0;
        var header = SafetensorsHeader.Read(stream, path);
        if (!header.Metadata.TryGetValue(ForKey, out string? dataSet))
            throw new InputException(path, ForKey, "nothing in the metadata", "the data set that the judge was trained on");
        using var scope = NewDisposeScope();
        var tensors = header.Entries.ToDictionary(entry => entry.Name, entry => TensorBytes.Read(stream, entry.Shape, entry.Type));
        // the coloured ones' first layer has a name of its own
        JudgeNetwork network = tensors.ContainsKey(PhotoNetwork.FirstLayer) ? new PhotoNetwork(ImageJudgeTraining.Classes) : new DigitNetwork(ImageJudgeTraining.Classes);
        StateTensors.Copy(path, tensors, StateTensors.Collect(network));
        network.to(device ?? CPU);
        // the weights outlive the scope, wherever the move put them
        foreach (var weight in StateTensors.Collect(network).Values) weight.DetachFromDisposeScope();
        network.eval();
        return new(network, device ?? CPU, dataSet, fingerprint);
    }
}
