using System.IO.Compression;
using System.Text;
using Veer.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(new long[0], "()")]
    [InlineData(new long[] { 3 }, "(3,)")]
    [InlineData(new long[] { 3, 2 }, "(3, 2)")]
    public void The_header_is_NumPys(long[] shape, string tuple)
    {
        Npy.Write(folder.File("a.npy"), ones(shape));
        byte[] bytes = File.ReadAllBytes(folder.File("a.npy"));
        string dictionary = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple}, }}";
        Assert.Equal("\u0093NUMPY\u0001\0\u0076\0" + dictionary.PadRight(117) + "\n", Encoding.Latin1.GetString(bytes, 0, 128));
        Assert.Equal(ones(shape).bytes.ToArray(), bytes[128..]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_versions_and_any_order_of_keys_are_read(byte version)
    {
        byte[] file = Array("{ 'shape':(2,),\n'fortran_order' : False,'descr':'<i4'}", [1, 0, 0, 0, 2, 0, 0, 0], version);
        Assert.Equal([1, 2], Npy.Read(folder.File("a.npy", file)).data<int>().ToArray());
    }

    [Fact]
    public void A_truth_value_of_any_byte_becomes_one()
    {
        var read = Npy.Read(folder.File("a.npy", Array("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [0, 1, 255])));
        Assert.Equal([0, 1, 1], read.bytes.ToArray());
    }

    [Theory]
    [InlineData("(25000000000,)", "found 0 bytes of elements, expected 100000000000, as the header's shape and type say")]
    [InlineData("(4611686018427387904, 2)", "found shape (4611686018427387904, 2), expected an array that fits 63 bits")]
    [InlineData("(0, 4611686018427387904)", "found shape (0, 4611686018427387904), expected an array that fits 63 bits")]
    [InlineData("(99999999999999999999,)", "found shape (99999999999999999999,), expected sides that fit 63 bits")]
    [InlineData("(-1,)", "found an unreadable .npy header")]
    [InlineData("(1.5,)", "found an unreadable .npy header")]
    [InlineData("3", "found an unreadable .npy header")]
    public void A_shape_that_the_file_does_not_hold_is_refused_before_memory_is_taken(string shape, string message)
    {
        byte[] file = Array($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}", []);
        Refusal.Of(() => Npy.Read(folder.File("a.npy", file)), "a.npy: array: " + message);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'shape': (2,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': False}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } or __import__('os')")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}")]
    [InlineData("")]
    public void A_header_with_other_keys_is_refused(string header) =>
        Refusal.Of(() => Npy.Read(folder.File("a.npy", Array(header, new byte[8]))), "found an unreadable .npy header");

    [Fact]
    public void Sixty_five_dimensions_are_refused()
    {
        string shape = string.Join(", ", Enumerable.Repeat("1", 65));
        byte[] file = Array($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}", new byte[4]);
        Refusal.Of(() => Npy.Read(folder.File("a.npy", file)), "found 65 dimensions, expected at most 64");
    }

    [Fact]
    public void A_huge_header_is_refused_before_it_is_read()
    {
        byte[] file = [.. "\u0093NUMPY"u8[1..], 2, 0, 255, 255, 255, 127];
        file[0] = 0x93;
        Refusal.Of(() => Npy.Read(folder.File("a.npy", file)), "found a header of 2147483647 bytes, expected at most 65536");
    }

    [Fact]
    public void Another_format_another_version_and_a_file_that_breaks_off_are_refused()
    {
        Refusal.Of(() => Npy.Read(folder.File("a.npy", "PNG"u8.ToArray())), "found other bytes than NumPy's magic");
        Refusal.Of(() => Npy.Read(folder.File("a.npy", Array("{}", [], version: 4))), "found .npy version 4, expected version 1, 2 or 3");
        Refusal.Of(() => Npy.Read(folder.File("a.npy", Array("{}", [])[..9])), "found a file that breaks off");
    }

    [Fact]
    public void A_zip_entry_that_promises_more_than_it_can_unpack_is_refused()
    {
        const string Header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4000000000,), }";
        byte[] array = Array(Header, new byte[1000]);
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("a.npy").Open()) entry.Write(array);
        byte[] file = memory.ToArray();
        Refusal.Of(() => Npz.Read(folder.File("honest.npz", file)), "a: found 1000 bytes of elements, expected 4000000000");
        // the unpacked size stands in the entry and in the directory
        byte[] size = BitConverter.GetBytes(array.Length), lie = BitConverter.GetBytes((uint)(4_000_000_000 + array.Length - 1000));
        for (int at = file.AsSpan().IndexOf(size); at >= 0; at = file.AsSpan().IndexOf(size)) lie.CopyTo(file, at);
        Refusal.Of(() => Npz.Read(folder.File("lying.npz", file)), "a: found ", " packed bytes for 4000000");
    }

    /// <summary>An array file, by hand.</summary>
    private static byte[] Array(string header, byte[] elements, byte version = 1)
    {
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. elements];
    }
}
