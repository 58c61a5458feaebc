using System.Text;
using Veer.Features;
using Veer.Formats;
using Veer.Models;
using Xunit;

namespace Veer.Tests.Formats;

/// <summary>Faulty JSON of every kind, in every file that is JSON: one line.</summary>
public sealed class JsonInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Faulty() =>
    [
        "{\"labels\": [[\"im\u00ff0.png\", 0]]}", // as Latin-1, of which UTF-8 knows nothing
        "{\"a\u00ff\": 1}", "{\"kind\": \"\\ud800\"}", "{\"\\ud800\": 1}", "{\"labels\": [[\"\\ud800\", 0]]}", "{\"channels\": 1e999}", "{\"channels\": \"3\"}", "[1]", "3", "null", "",
        "{", "{\"a\": 1} x", "{\"a\": {\"dtype\": 3}}", "{\"a\": {\"dtype\": \"U8\", \"shape\": [1e999], \"data_offsets\": [0, 1]}}",
        "{\"mean\": 3}", "{\"mean\": [\"a\"]}", "{\"network\": []}", "{\"labels\": {\"\\udc00\": 1}}", new string('[', 200),
    ];

    [Theory]
    [MemberData(nameof(Faulty))]
    public void It_is_one_line_in_which_no_type_of_the_program_stands(string text)
    {
        byte[] json = Encoding.Latin1.GetBytes(text);
        Check(() => DatasetJson.Read(json, "set.zip", ["a.png"]));
        Check(() => ExtractorDescription.Read(folder.File("a.json", json)));
        folder.File("model.safetensors", [1]);
        folder.File("config.json", json);
        Check(() => ModelFolder.Load(folder.Path));
        Check(() => Safetensors.Read(folder.File("a.safetensors", [(byte)json.Length, 0, 0, 0, 0, 0, 0, 0, .. json, 0])));

        static void Check(Action read)
        {
            var refusal = Assert.Throws<InputException>(read);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.DoesNotContain("System.", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Veer.", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_utf8_is_called_so_and_a_byte_order_mark_is_passed_over()
    {
        Refusal.Of(
            () => DatasetJson.Read([.. "{\"labels\": [[\"im"u8, 0xFF, .. "0.png\", 0]]}"u8], "set.zip", ["a.png"]),
            "set.zip: dataset.json: found bytes that are no UTF-8, expected {\"labels\": [[name, label], ...]");
        Assert.Equal([3], DatasetJson.Read([0xEF, 0xBB, 0xBF, .. "{\"labels\": [[\"a.png\", 3]]}"u8], "set.zip", ["a.png"])!);
        Refusal.Of(
            () => ExtractorDescription.Read(folder.File("a.json", "{\"channels\": \"3\"}"u8.ToArray())),
            "a.json: $.channels: found a value that is no whole number of 32 bits, expected an extractor's description");
    }
}
