using System.Diagnostics;
using TorchSharp;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

/// <summary>Files of NumPy and PIL (Golden/interop, made by make.py there) are read, and those programs read ours.</summary>
public sealed class InteropTests : IDisposable
{
    private const string Folder = "interop", Debian = "/usr/bin/python3";

    private static readonly long[] Labels = [2, 0, 1, 1];

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    public static TheoryData<string> Files =>
    [
        "c-f16.npy", "c-f32.npy", "c-f64.npy", "c-i8.npy", "c-i16.npy", "c-i32.npy", "c-i64.npy", "fortran-f64.npy", "images-fortran.npy", "images-unit.npy",
        "positions.npz", "names.npz", "statistics-beside.npz", "vectors.safetensors", "images.safetensors", "savetxt.csv", "labelled.zip", "unlabelled.zip",
    ];

    // what make.py calls VECTORS and IMAGES
    private static Tensor Vectors => arange(12).reshape(4, 3).mul(3).sub(7).to(ScalarType.Float32);

    private static Tensor Images => arange(4 * 5 * 6 * 3).reshape(4, 5, 6, 3).mul(7).remainder(256).permute(0, 3, 1, 2).to(ScalarType.Float32).div(127.5).sub(1);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_numpy_is_read(string name)
    {
        var samples = Samples.Read(Golden(name));
        bool images = name.Contains("images", StringComparison.Ordinal) || name.Contains("labelled", StringComparison.Ordinal) || name == "positions.npz";
        Near.Absolute(images ? Images : Vectors, samples.Data.Points, name == "images.safetensors" ? 5e-4 : 1e-6); // float16
        Assert.Equal(images, samples.IsImages);
        bool labelled = name is "positions.npz" or "names.npz" or "vectors.safetensors" or "labelled.zip";
        Assert.Equal((labelled, labelled ? 3 : 1), (samples.Labelled, samples.Data.Classes));
        Assert.Equal(labelled ? Labels : [0, 0, 0, 0], samples.Data.Labels.data<long>().ToArray());
    }

    [Fact]
    public void Statistics_are_passed_over_and_alone_refused()
    {
        string note = Assert.Single(Samples.Read(Golden("statistics-beside.npz")).Notes);
        Assert.EndsWith("x is read; the statistics mu, sigma beside it are passed over", note, StringComparison.Ordinal);
        Refusal.Of(() => Samples.Read(Golden("statistics-alone.npz")), "arrays: found statistics alone (mu, sigma), expected an array of samples");
    }

    [Fact]
    public void Numpy_and_pil_read_what_is_written()
    {
        Assert.SkipUnless(Runs("-c", "import numpy, PIL").Code == 0, $"no numpy and PIL of {Debian} (apt-get install python3-numpy python3-pil)");
        foreach (string name in Files.Select(row => row.Data))
        {
            var samples = Samples.Read(Golden(name));
            samples.Write(folder.File(name), samples.Data.Points);
        }
        var (code, error) = Runs(Golden("make.py"), "check", folder.Path);
        Assert.True(code == 0, error);
    }

    private static string Golden(string name) => GoldenFile.Path(Path.Combine(Folder, name));

    private static (int Code, string Error) Runs(params string[] arguments)
    {
        if (!File.Exists(Debian)) return (1, $"no {Debian}");
        using var process = Process.Start(new ProcessStartInfo(Debian, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
