using System.IO.Compression;
using System.Text;

namespace Veer.Tests.Features;

/// <summary>
/// A TorchScript archive with a module of one forward and no weights, as torch.jit.save writes it: a zip of the module's Python and of its
/// pickled attributes. TorchSharp can load modules, but compiles functions only.
/// </summary>
internal static class TorchScriptFile
{
    /// <param name="forward">The forward's signature after self, and its body: "x: Tensor) -> Tensor:\n    return x".</param>
    public static byte[] Of(string forward)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("data.pkl", Module());
            Add("code/__torch__.py", Encoding.UTF8.GetBytes(
                $"""
                class Extractor(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                  def forward(self: __torch__.Extractor, {forward}

                """));
            Add("constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
            Add("version", "3\n"u8.ToArray());

            void Add(string name, byte[] content)
            {
                using var entry = zip.CreateEntry("extractor/" + name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>Pickle, protocol 2: an object of the class with { "training": False } as its state.</summary>
    private static byte[] Module() =>
    [
        0x80, 2,
        .. "c__torch__\nExtractor\n"u8, (byte)')', 0x81, // the class, no arguments, new
        (byte)'}', (byte)'(', (byte)'X', 8, 0, 0, 0, .. "training"u8, 0x89, (byte)'u', (byte)'b', // the state
        (byte)'.',
    ];
}
