namespace Veer.Data;

/// <summary>A data set that Veer knows by name: where it is found, where it is published, and how to tell that it is whole.</summary>
/// <param name="Name">The name that users type.</param>
/// <param name="Files">What is downloaded.</param>
/// <param name="Mirrors">Where it is published; the folders of the files, tried in this order.</param>
/// <param name="Packaged">Folders in which system packages put it.</param>
internal sealed record KnownDataSet(
    string Name, IReadOnlyList<KnownFile> Files, IReadOnlyList<string> Mirrors, IReadOnlyList<string> Packaged)
{
    private static readonly KnownDataSet[] All =
    [
        new("cifar10",
            [
                // as published, and in wide use: https://www.cs.toronto.edu/~kriz/cifar.html gives the MD5 c32a1d4ab5d03f1284b67883e8d87530
                new("cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")
                { Unpacked = CifarImageSet.FolderName },
            ],
            ["https://www.cs.toronto.edu/~kriz/"], []),
        new("fashion-mnist",
            IdxFiles(
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"],
            ["/usr/share/datasets/fashion-mnist"]), // Debian's dataset-fashion-mnist
        new("mnist",
            IdxFiles(
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"], []),
    ];

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(set => set.Name)];

    /// <summary>The data set of a name.</summary>
    /// <exception cref="InputException">There is none of this name.</exception>
    public static KnownDataSet Named(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new InputException($"data set {name} is unknown, expected one of {string.Join(", ", Names)}");

    /// <summary>MNIST's four files by the hashes of their unpacked contents, so that a mirror may have packed them anew.</summary>
    private static KnownFile[] IdxFiles(params string[] hashes)
    {
        const int Train = 60_000, Test = 10_000, ImagesHeader = 16, LabelsHeader = 8, Pixels = Mnist.Side * Mnist.Side;
        long[] lengths = [ImagesHeader + Train * Pixels, LabelsHeader + Train, ImagesHeader + Test * Pixels, LabelsHeader + Test];
        return [.. Mnist.Files.Select((file, i) => new KnownFile(file + ".gz", lengths[i], hashes[i]) { HashOfContent = true })];
    }
}
