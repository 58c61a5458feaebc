using System.Text;
using Veer.Studies.Reporting;
using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Folders that were torn, edited or never a run: one line, and what stood there stays.</summary>
public sealed class ReportFaultTests
{
    private const string Before = "a report of before";

    /// <summary>Around the beginning of a row.</summary>
    private const string Head = """{"study":"x","preset":"quick","seed":0,"versions":{},"seconds":1,"rows":[""", Tail = ""","class":"all","stage":"before","metric":"bend","value":1}]}""";

    /// <summary>What mutations put in the place of a piece of text.</summary>
    private static readonly string[] Pieces =
    [
        "", "null", "\"NaN\"", "-1", "1e999", "1e300", "\"\\ud800\"", "{}", "[]", "[null]", "\"\"", "\"1,5\"", "0", "9999999999999999999", "true", "\"../x\"", "&a [*a]", "x: y", "\n", "\0", "\ufffd",
    ];

    private static readonly float[] Numbers = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 0, -1, 200];

    [Theory]
    [InlineData("{\"study\": \"\\ud800\", \"rows\": []}", "study: found")]
    [InlineData("{\"study\": \"x\", \"rows\": [], \"fingerprint\": {\"\\udc00\": \"y\"}}", "found")]
    [InlineData("", "a file of 0 bytes")]
    [InlineData(Head + "{\"guidance\": \"../../x\", \"scale\": 1" + Tail, "rows[0].guidance: found \"../../x\", expected a name")]
    [InlineData(Head + "{\"guidance\": \"x\", \"scale\": 1e7" + Tail, "rows[0].scale: found 10000000, expected a number of at most 1000000")]
    [InlineData(Head + "{\"guidance\": \"x\", \"scale\": null" + Tail, "rows[0].scale: found a value that is no number")]
    [InlineData(Head + "null]}", "rows[0]: found null, expected an object")]
    [InlineData("{\"study\": \"x\", \"rows\": [], \"seconds\": \"long\"}", "seconds: found a value that is no number")]
    public void Results_that_are_none_are_one_line_and_leave_the_report_of_before(string results, string fault)
    {
        using var run = ReportRunFolder.Plane();
        run.Write("results.json", results);
        Refuses(run, fault);
    }

    [Theory]
    [InlineData("models/base/denoiser-error.json", "[null]", "[0]: found null, expected an object")]
    [InlineData("models/base/denoiser-error.json", "[{\"label\": \"\\ud800\", \"noise\": 1, \"signal\": 1}]", "[0].label: found")]
    [InlineData("models/base/training.csv", "step,loss\n-1,2\n", "step: found \"-1\"")]
    [InlineData("study.yaml", "guidances: &a { b: *a }", "broken YAML")]
    [InlineData("study.yaml", "? &a [*a]\n: x", "line 1: found broken YAML")]
    [InlineData("study.yaml", "a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "line 1: found broken YAML")]
    [InlineData("study.yaml", "title: x\ntitle: y", "broken YAML")]
    public void Other_files_that_are_none_are_one_line_and_leave_the_report_of_before(string name, string text, string fault)
    {
        using var run = ReportRunFolder.Plane();
        run.Write(name, text);
        Refuses(run, fault);
    }

    [Fact]
    public void Arrays_without_elements_or_of_other_dimensions_are_one_line()
    {
        Refuses("samples/real.npz", "points: found shape [5, 0], expected at least one element", ("points", Array.Empty<float>(), [5, 0]), ("labels", new long[5], [5]));
        Refuses("samples/real.npz", "points: found [1099511627776, 0], expected sides that fit 31 bits", ("points", Array.Empty<float>(), [1L << 40, 0]), ("labels", new long[5], [5]));
        Refuses("generated/classifier-free-w2/trajectories.npz", "states: found 2 dimensions, expected 1", ("states", new float[6], [2, 3, 1]), ("labels", new long[3], [3]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nowhere")]
    public void What_is_no_folder_is_one_line(string name) =>
        Assert.Equal($"\"{name}\": no such folder; expected the folder of a run", Assert.Throws<InputException>(() => Report.Build(name, TestContext.Current.CancellationToken)).Message);

    [Fact]
    public void A_file_is_no_folder()
    {
        using var run = ReportRunFolder.Plane();
        Assert.Contains("results.json\": a file; expected the folder of a run", Assert.Throws<InputException>(() => Report.Build(run.At("results.json"), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever is in the files, there is a report or one line.</summary>
    [Theory]
    [InlineData("results.json", 25)]
    [InlineData("study.yaml", 15)]
    [InlineData("models/base/denoiser-error.json", 6)]
    [InlineData("models/base/training.csv", 6)]
    [InlineData("samples/real.npz", 12)]
    [InlineData("samples/classifier-free-w3.npz", 12)]
    [InlineData("generated/classifier-free-w3/trajectories.npz", 12)]
    public void Spoilt_files_give_a_report_or_one_line(string name, int count)
    {
        using var run = ReportRunFolder.Tiny();
        byte[] whole = File.ReadAllBytes(run.At(name));
        var random = new Random(5);
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(run.At(name), whole);
            if (!name.EndsWith(".npz", StringComparison.Ordinal)) File.WriteAllText(run.At(name), SpoilText(Encoding.UTF8.GetString(whole), random));
            else if (i % 3 == 0) File.WriteAllBytes(run.At(name), SpoilBytes(whole, random));
            else SpoilNumbers(run, name, random);
            try
            {
                run.Build();
            }
            catch (InputException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
            catch (Exception fault) when (fault is not InputException)
            {
                Assert.Fail($"mutation {i}: {fault}\n{File.ReadAllText(run.At(name))}");
            }
        }
    }

    /// <summary>A value, a name or a line is replaced, cut off or repeated.</summary>
    private static string SpoilText(string text, Random random)
    {
        int start = random.Next(text.Length), end = text.IndexOfAny([',', '}', ']', ':', '\n'], start);
        if (end < 0) end = text.Length;
        start = Math.Max(text.LastIndexOfAny([',', '{', '[', ':', '\n'], start) + 1, 0);
        string piece = Pieces[random.Next(Pieces.Length)];
        return random.Next(8) switch
        {
            0 => text[..start],
            1 => text[..Math.Max(end, start)] + text[start..],
            _ => text[..start] + piece + text[Math.Max(end, start)..],
        };
    }

    /// <summary>Some numbers of an array are set, or all its rows become columns.</summary>
    private static void SpoilNumbers(ReportRunFolder run, string name, Random random)
    {
        var file = new ArrayFile(run.At(name));
        var arrays = file.Keys.Select(key => (Key: key, Array: file.Array(key, key == "labels" ? [-1] : name.Contains("trajectories", StringComparison.Ordinal) ? [-1, -1, -1] : [-1, -1]))).ToList();
        var (_, spoilt) = arrays[random.Next(arrays.Count)];
        for (int i = random.Next(1, 5); i > 0; i--) spoilt.Values[random.Next(spoilt.Values.Length)] = Numbers[random.Next(Numbers.Length)];
        if (random.Next(4) == 0) Array.Fill(spoilt.Values, Numbers[random.Next(Numbers.Length)]);
        if (random.Next(6) == 0) Array.Reverse(spoilt.Shape);
        run.WriteArrays(name, [.. arrays.Select(array => (array.Key, (Array)array.Array.Values, array.Array.Shape))]);
    }

    /// <summary>Bytes are set, or the end is cut off.</summary>
    private static byte[] SpoilBytes(byte[] whole, Random random)
    {
        byte[] spoilt = [.. random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : whole];
        for (int i = random.Next(1, 4); i > 0 && spoilt.Length > 0; i--) spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
        return spoilt;
    }

    private static void Refuses(string name, string fault, params (string Name, Array Values, long[] Shape)[] arrays)
    {
        using var run = ReportRunFolder.Plane();
        run.WriteArrays(name, arrays);
        Refuses(run, fault);
    }

    private static void Refuses(ReportRunFolder run, string fault)
    {
        run.Write("report.html", Before);
        string message = Assert.Throws<InputException>(() => run.Build()).Message;

        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(Before, run.Page);
        Assert.False(Directory.Exists(run.At("figures")));
    }
}
