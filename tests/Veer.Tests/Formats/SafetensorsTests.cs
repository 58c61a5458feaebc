using System.Text;
using CsCheck;
using Veer.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64, ScalarType.Int32, ScalarType.Int64,
        ScalarType.Byte, ScalarType.Bool,
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_to_the_bit() =>
        Gen.Select(AnyTensor.Named(Types), Gen.Dictionary(Gen.String, Gen.String)[0, 3]).SampleFixed((tensors, metadata) =>
        {
            string path = folder.File(Path.GetRandomFileName());
            Safetensors.Write(path, tensors, metadata);
            var read = Safetensors.Read(path);
            return AnyTensor.Same(tensors, read.Tensors) && metadata.ToHashSet().SetEquals(read.Metadata);
        }, iter: 50);

    [Fact]
    public void The_bytes_are_the_formats()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["b"] = tensor(new byte[] { 7, 8, 9 }),
            ["a"] = ones(1, ScalarType.Int64),
            ["c.weight"] = ones(2, 1).requires_grad_(),
        };
        Safetensors.Write(folder.File("a"), tensors, new Dictionary<string, string> { ["step"] = "12" });
        byte[] bytes = File.ReadAllBytes(folder.File("a"));
        const string Header = """{"__metadata__":{"step":"12"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}"""
            + ""","c.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}""";
        int length = (Header.Length + 7) / 8 * 8;
        Assert.Equal(length, BitConverter.ToInt64(bytes));
        Assert.Equal(Header.PadRight(length), Encoding.UTF8.GetString(bytes, 8, length));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 128, 63, 7, 8, 9], bytes[(8 + length)..]);
    }

    [Fact]
    public void Another_reader_finds_the_same_tensors()
    {
        var x = RandomKey.From(1, "x").Normal(0, 5, [3]);
        var tensors = new Dictionary<string, Tensor> { ["x"] = x, ["scalar"] = tensor(2.5), ["none"] = zeros(0, 3) };
        Safetensors.Write(folder.File("a"), tensors);
        Assert.True(AnyTensor.Same(tensors, GoldenFile.Load(folder.File("a"))));
    }

    [Fact]
    public void Equal_tensors_give_equal_bytes_in_any_order()
    {
        var (a, b) = (ones(3), zeros(2, ScalarType.Int64));
        var forth = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" };
        var back = new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" };
        Safetensors.Write(folder.File("1"), new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b }, forth);
        Safetensors.Write(folder.File("2"), new Dictionary<string, Tensor> { ["b"] = b, ["a"] = a }, back);
        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
    }

    [Fact]
    public void Tensors_belong_to_the_callers_dispose_scope_and_nothing_else_stays()
    {
        Safetensors.Write(folder.File("a"), new Dictionary<string, Tensor> { ["a"] = ones(3), ["b"] = ones(2, ScalarType.Bool) });
        using var scope = NewDisposeScope();
        var read = Safetensors.Read(folder.File("a"));
        Assert.Equal(2, scope.DisposablesCount);
        scope.Dispose();
        Assert.All(read.Tensors.Values, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void Every_torn_file_is_refused()
    {
        Safetensors.Write(folder.File("a"), new Dictionary<string, Tensor> { ["a"] = ones(3), ["b"] = zeros(2, ScalarType.Int64) });
        byte[] whole = File.ReadAllBytes(folder.File("a"));
        for (int length = 0; length < whole.Length; length++)
            Refusal.Of(() => Safetensors.Read(folder.File("torn", whole[..length])), "torn: ", $"found ", $"{length} bytes");
        Refusal.Of(
            () => Safetensors.Read(folder.File("long", [.. whole, 0])),
            $"file: found {whole.Length + 1} bytes, expected {whole.Length}");
    }

    [Fact]
    public void Any_changed_byte_is_read_or_refused_and_nothing_worse()
    {
        var tensors = new Dictionary<string, Tensor> { ["a"] = ones(3), ["b"] = zeros(2, 2) };
        Safetensors.Write(folder.File("a"), tensors, new Dictionary<string, string> { ["k"] = "v" });
        byte[] whole = File.ReadAllBytes(folder.File("a"));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).SampleFixed((at, change) =>
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= change;
            try
            {
                Safetensors.Read(folder.File(Path.GetRandomFileName(), bytes));
            }
            catch (InputException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }, iter: 400);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", "a: found dtype F8_E4M3, expected one of F64, I64, F32")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}}""", "a: found 4 bytes, expected 3: U8 of shape [3]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}""", "a: found shape [-4], expected sides")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "a: found shape [4294967296, 4294967296]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", "a: found data_offsets [4, 0], expected a begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}""", "a: found data_offsets [0, 4, 8]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "b: found data_offsets from 1, expected 2: no overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "a: found data_offsets from 2, expected 0: no overlap and no gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[100000000000],"data_offsets":[0,100000000000]}}""", "file: found 87 bytes, expected 100000000083, as the header says")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "header: found a faulty safetensors header (Duplicate")]
    [InlineData("""{"a":{"shape":[4],"data_offsets":[0,4]}}""", "header: found a faulty safetensors header")]
    [InlineData("""{"a":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}""", "header: found a faulty safetensors header")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4.5],"data_offsets":[0,4]}}""", "header: found a faulty safetensors header")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "header: found a faulty safetensors header")]
    [InlineData("""[1,2]""", "header: found a faulty safetensors header")]
    [InlineData("""{"a":""", "header: found a faulty safetensors header")]
    public void A_wrong_header_is_refused(string header, string message)
    {
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), 1, 2, 3, 4];
        Refusal.Of(() => Safetensors.Read(folder.File("a", file)), "a: " + message);
    }

    [Fact]
    public void A_huge_header_and_a_missing_file_are_refused()
    {
        byte[] file = [.. BitConverter.GetBytes(long.MaxValue), .. new byte[100]];
        Refusal.Of(
            () => Safetensors.Read(folder.File("a", file)),
            "header: found a length of 9223372036854775807, expected at most 100000000");
        Refusal.Of(() => Safetensors.Read(folder.File("none")), "found no such file, expected a safetensors file");
    }

    [Fact]
    public void A_reserved_name_and_an_unknown_type_are_refused_before_writing()
    {
        void Write(string name, Tensor tensor) => Safetensors.Write(folder.File("a"), new Dictionary<string, Tensor> { [name] = tensor });
        Assert.Throws<ArgumentException>(() => Write("__metadata__", ones(1)));
        Assert.Throws<ArgumentException>(() => Write("a", ones(1, ScalarType.ComplexFloat32)));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
