using System.IO.Compression;
using CsCheck;
using Veer.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

public sealed class NpzTests : IDisposable
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float16, ScalarType.Float32, ScalarType.Float64, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64,
        ScalarType.Byte, ScalarType.Bool,
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_to_the_bit() => AnyTensor.Named(Types).SampleFixed(arrays =>
    {
        string path = folder.File(Path.GetRandomFileName());
        Npz.Write(path, arrays);
        return AnyTensor.Same(arrays, Npz.Read(path));
    }, iter: 50);

    [Fact]
    public void A_strided_array_and_one_with_a_gradient_are_written_in_C_order()
    {
        var array = arange(6, ScalarType.Float32).reshape(2, 3).requires_grad_();
        Npz.Write(folder.File("a.npz"), new Dictionary<string, Tensor> { ["turned"] = array.t() });
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], Npz.Read(folder.File("a.npz"))["turned"].reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Equal_arrays_give_equal_bytes_in_any_order()
    {
        var (a, b) = (ones(3), zeros(2, ScalarType.Int64));
        Npz.Write(folder.File("1.npz"), new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b });
        Npz.Write(folder.File("2.npz"), new Dictionary<string, Tensor> { ["b"] = b, ["a"] = a });
        Assert.Equal(File.ReadAllBytes(folder.File("1.npz")), File.ReadAllBytes(folder.File("2.npz")));
    }

    [Theory] // numpy.npz: NumPy 1.24, savez_compressed of arange(24) - 12 as [2, 3, 4] in each type
    [InlineData("float16", ScalarType.Float16)]
    [InlineData("float32", ScalarType.Float32)]
    [InlineData("float64", ScalarType.Float64)]
    [InlineData("int8", ScalarType.Int8)]
    [InlineData("int16", ScalarType.Int16)]
    [InlineData("int32", ScalarType.Int32)]
    [InlineData("int64", ScalarType.Int64)]
    public void Reads_what_NumPy_wrote(string name, ScalarType type)
    {
        using var file = NpzFile.Open(GoldenFile.Path("numpy.npz"));
        Assert.True(AnyTensor.Same(arange(-12, 12).reshape(2, 3, 4).to(type), file.Read(name)));
    }

    [Fact]
    public void Reads_NumPys_special_cases()
    {
        var arrays = Npz.Read(GoldenFile.Path("numpy.npz"));
        var count = arange(24).reshape(2, 3, 4);
        Assert.True(AnyTensor.Same(count.to(ScalarType.Byte), arrays["uint8"]));
        Assert.True(AnyTensor.Same(count.remainder(3).eq(0), arrays["bool"]));
        Assert.True(AnyTensor.Same(count.to(ScalarType.Float32), arrays["fortran"]));
        Assert.True(AnyTensor.Same(tensor(2.5), arrays["scalar"]));
        Assert.True(AnyTensor.Same(zeros(0, 5), arrays["empty"]));
    }

    [Theory] // numpy-refused.npz: NumPy 1.24, savez
    [InlineData("objects", "objects: found pickled Python objects (|O), expected numbers: float32, ")]
    [InlineData("big", "big: found big-endian float32 (>f4), expected little-endian numbers")]
    [InlineData("text", "text: found elements of type <U2, expected one of float32, ")]
    [InlineData("records", "records: found elements of type [('a', '<f4'), ('b', '<i4')], expected one of ")]
    [InlineData("complex", "complex: found elements of type <c8, expected one of ")]
    [InlineData("unsigned", "unsigned: found elements of type <u4, expected one of ")]
    public void Refuses_what_is_no_array_of_known_numbers(string name, string message)
    {
        using var file = NpzFile.Open(GoldenFile.Path("numpy-refused.npz"));
        Refusal.Of(() => file.Read(name), "numpy-refused.npz: " + message);
    }

    [Fact]
    public void A_missing_array_is_an_error_that_lists_those_there()
    {
        using var file = NpzFile.Open(GoldenFile.Path("numpy-refused.npz"));
        Refusal.Of(() => file.Read("points"), "arrays: found objects, big, text, records, complex, unsigned, expected one named points");
    }

    [Fact]
    public void Two_arrays_of_one_name_are_refused()
    {
        using (var zip = ZipFile.Open(folder.File("twice.npz"), ZipArchiveMode.Create))
        {
            zip.CreateEntry("a.npy").Open().Dispose();
            zip.CreateEntry("a.npy").Open().Dispose();
        }
        Refusal.Of(() => Npz.Read(folder.File("twice.npz")), "twice.npz: a: found two arrays of this name, expected one");
    }

    [Fact]
    public void A_missing_file_a_folder_and_other_files_are_refused()
    {
        Refusal.Of(() => Npz.Read(folder.File("none.npz")), "none.npz: file: found no such file, expected a whole .npz archive of arrays");
        Refusal.Of(() => Npz.Read(Path.Combine(folder.Path, "no", "folder.npz")), "found no such file");
        Refusal.Of(() => Npz.Read(folder.Path), "found a folder");
        Refusal.Of(() => Npz.Read(folder.File("empty.npz", [])), "found a file of 0 bytes");
        Refusal.Of(
            () => Npz.Read(folder.File("text.npz", "no zip at all, but longer than a zip's shortest directory"u8.ToArray())),
            "found no zip");
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] whole = File.ReadAllBytes(GoldenFile.Path("numpy-refused.npz"));
        for (int length = 0; length < whole.Length; length += 7)
            Refusal.Of(() => Npz.Read(folder.File("cut.npz", whole[..length])), "cut.npz: ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_changed_byte_is_refused_or_changes_no_number(bool compressed)
    {
        var arrays = new Dictionary<string, Tensor> { ["a"] = arange(100, ScalarType.Float32), ["b"] = ones(3, ScalarType.Int64) };
        Npz.Write(folder.File("a.npz"), arrays);
        byte[] whole = File.ReadAllBytes(compressed ? GoldenFile.Path("numpy.npz") : folder.File("a.npz"));
        var original = compressed ? Npz.Read(GoldenFile.Path("numpy.npz")) : arrays;
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).SampleFixed((at, change) =>
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= change;
            try
            {
                var read = Npz.Read(folder.File(Path.GetRandomFileName(), bytes));
                return read.All(pair => !original.TryGetValue(pair.Key, out var array) || AnyTensor.Same(array, pair.Value));
            }
            catch (InputException)
            {
                return true;
            }
        }, iter: 400);
    }

    [Fact]
    public void A_type_that_npy_does_not_have_is_refused_before_writing()
    {
        var arrays = new Dictionary<string, Tensor> { ["a"] = ones(2, ScalarType.BFloat16) };
        Assert.Throws<ArgumentException>(() => Npz.Write(folder.File("a.npz"), arrays));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
