using Veer.Formats;

namespace Veer.Data;

/// <summary>A format of images: what it is called, by what it is recognised, how it is opened.</summary>
public sealed class ImageFormat : IRegistered<ImageFormat>
{
    private ImageFormat(string name, string title) => (Name, Title) = (name, title);

    /// <summary>IDX, the format of MNIST's files.</summary>
    internal static ImageFormat Idx { get; } = new("IDX", "IDX images")
    {
        IsFile = name => IdxPair.IsImages(name) && !name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase),
        Starts = start => start is [0x1F, 0x8B, ..] or [0, 0, 8, ..],
        OpenFile = IdxPair.Open,
        FindFolder = folder => Mnist.IsFolder(folder) ? folder : null,
        OpenFolder = Mnist.OpenParts,
    };

    /// <summary>CIFAR-10's binary version.</summary>
    internal static ImageFormat Cifar { get; } = new("CIFAR-10 binary", "CIFAR-10 .bin")
    {
        IsFile = name => name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase),
        OpenFile = (path, cancellation) => CifarImageSet.Open(path, [path], cancellation),
        FindFolder = folder => Array.Find([folder, Path.Combine(folder, CifarImageSet.FolderName)], CifarImageSet.IsFolder),
        OpenFolder = CifarImageSet.OpenParts,
    };

    /// <summary>A zip of EDM's dataset tool.</summary>
    internal static ImageFormat Zip { get; } = new("dataset zip", "a dataset zip")
    {
        IsFile = name => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase),
        Starts = start => start is [(byte)'P', (byte)'K', ..],
        OpenFile = EncodedImageSet.OpenZip,
    };

    /// <summary>A sample batch of guided-diffusion.</summary>
    internal static ImageFormat Batch { get; } = new("sample batch (.npz)", "an .npz of arr_0")
    {
        IsFile = name => name.EndsWith(".npz", StringComparison.OrdinalIgnoreCase),
        OpenFile = NpzImageSet.Open,
    };

    /// <summary>The zip of EDM's dataset tool, unpacked.</summary>
    internal static ImageFormat Unpacked { get; } = new("dataset folder", $"a folder of PNG or JPEG with {DatasetJson.Name}");

    /// <summary>Folders of images, one for each class.</summary>
    internal static ImageFormat Classes { get; } = new("image folder", "a folder of PNG or JPEG for each class");

    /// <summary>All formats.</summary>
    public static Registry<ImageFormat> All { get; } = new("image format", Idx, Cifar, Zip, Batch, Unpacked, Classes);

    /// <summary>What <see cref="ImageData.Kind"/> says: "dataset zip".</summary>
    public string Name { get; }

    /// <summary>What such images are, in words that go on from "expected".</summary>
    public string Title { get; }

    /// <summary>Whether a file's name says that it is of this format.</summary>
    internal Func<string, bool> IsFile { get; private init; } = _ => false;

    /// <summary>Whether a file's first four bytes say so.</summary>
    internal Func<byte[], bool> Starts { get; private init; } = _ => false;

    /// <summary>Opens a file of which its name or its bytes say so.</summary>
    internal Func<string, CancellationToken, ImageSet> OpenFile { get; private init; } = (path, _) => throw new NotSupportedException(path);

    /// <summary>The folder of this format that a folder is or holds; null if it does neither.</summary>
    internal Func<string, string?> FindFolder { get; private init; } = _ => null;

    /// <summary>Opens what <see cref="FindFolder"/> found: the parts in it.</summary>
    internal Func<string, CancellationToken, IReadOnlyList<ImageSet>> OpenFolder { get; private init; } = (path, _) => throw new NotSupportedException(path);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
