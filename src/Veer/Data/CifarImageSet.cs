using Veer.Formats;

namespace Veer.Data;

/// <summary>
/// CIFAR-10's binary version (Krizhevsky 2009): records of a label byte, then 1024 bytes of red, of green and of blue.
/// </summary>
internal sealed class CifarImageSet : ImageSet
{
    /// <summary>The folder's name in the published archive.</summary>
    public const string FolderName = "cifar-10-batches-bin";

    /// <summary>What is said to those who have another version.</summary>
    public const string Wanted = $"the binary version, cifar-10-binary.tar.gz, unpacked to {FolderName}";

    internal const int Side = 32, Channels = 3;

    private const int Plane = Side * Side, Record = 1 + Channels * Plane;

    private static readonly string[] Names =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    internal static int NumberOfClasses => Names.Length;

    private readonly IReadOnlyList<string> files;

    private CifarImageSet(string path, IReadOnlyList<string> files, long count)
        : base(path, new ImageShape(Channels, Side, Side), count, Names.Length)
    {
        this.files = files;
        ClassNames = Names;
    }

    private static string[] TrainFiles { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    private static string[] TestFiles { get; } = ["test_batch.bin"];

    /// <summary>Whether a folder holds any of the six files.</summary>
    public static bool IsFolder(string folder) => TrainFiles.Concat(TestFiles).Any(name => File.Exists(System.IO.Path.Combine(folder, name)));

    /// <summary>The version that names of files or folders say, where it is one that cannot be read; else null.</summary>
    public static string? OtherVersion(IReadOnlyList<string> names)
    {
        if (names.Contains("batches.meta") || names.Contains("data_batch_1") || names.Any(Says("py"))) return "CIFAR-10's Python version";
        return names.Contains("batches.meta.mat") || names.Any(Says("mat")) ? "CIFAR-10's MATLAB version" : null;

        static Func<string, bool> Says(string version) => name =>
            name == $"cifar-10-batches-{version}" || name.StartsWith($"cifar-10-{version}", StringComparison.Ordinal);
    }

    /// <summary>Both parts, of which all six files must be there.</summary>
    public static IReadOnlyList<ImageSet> OpenParts(string folder, CancellationToken cancellation)
    {
        CifarImageSet train = OpenPart(TrainFiles), test = OpenPart(TestFiles);
        (train.Part, test.Part) = (ImageData.Train, ImageData.Test);
        return [train, test];

        CifarImageSet OpenPart(string[] names) => Open(folder, [.. names.Select(name => System.IO.Path.Combine(folder, name))], cancellation);
    }

    /// <summary>Opens files that together are one set.</summary>
    /// <param name="path">The folder or file that the user named.</param>
    /// <param name="files">The files, in their order.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="InputException">A file is missing, empty, or holds no whole records.</exception>
    public static CifarImageSet Open(string path, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        long count = 0;
        foreach (string file in files)
        {
            using var stream = InputFile.Open(file, "CIFAR-10 images", cancellation);
            if (stream.Length % Record != 0)
                throw new InputException(file, "file", $"{stream.Length} bytes{(stream.Length % (Record + 1) == 0 ? ", as CIFAR-100 has" : "")}",
                    $"whole records of {Record} bytes, at least one");
            count += stream.Length / Record;
        }
        return new CifarImageSet(path, files, count);
    }

    private protected override IImageReader Open(CancellationToken cancellation) => new Reader(this, cancellation);

    private sealed class Reader(CifarImageSet set, CancellationToken cancellation) : IImageReader
    {
        private readonly byte[] record = new byte[Record];
        private FileStream? stream;
        private int file;
        private long row;

        public void Read(ImageBatch batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ReadRecord();
                batch.Labels[i] = record[0];
                var pixels = batch.Pixels.AsSpan(i * batch.Shape.Bytes, batch.Shape.Bytes);
                for (int pixel = 0; pixel < Plane; pixel++)
                {
                    for (int channel = 0; channel < Channels; channel++)
                        pixels[Channels * pixel + channel] = record[1 + channel * Plane + pixel];
                }
            }
        }

        public void Dispose() => stream?.Dispose();

        private void ReadRecord()
        {
            while (stream is null || stream.Position == stream.Length)
            {
                stream?.Dispose();
                if (file == set.files.Count) throw new InputException(set.Path, "images", "fewer than at first", $"{set.Count}");
                stream = InputFile.Open(set.files[file++], "CIFAR-10 images", cancellation);
                row = 0;
            }
            string path = set.files[file - 1];
            if (stream.ReadAtLeast(record, Record, throwOnEndOfStream: false) < Record)
                throw new InputException(path, "file", "a file that breaks off", $"whole records of {Record} bytes");
            if (record[0] >= Names.Length) throw new InputException(path, $"label {row}", $"{record[0]}", $"0 to {Names.Length - 1}");
            row++;
        }
    }
}
