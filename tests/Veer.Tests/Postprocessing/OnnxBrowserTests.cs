using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using TorchSharp;
using Veer.Onnx;
using Veer.Solvers;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>Exported files in a browser: onnxruntime-web, in Chromium without a window, gives the numbers of this library.</summary>
public sealed class OnnxBrowserTests : IDisposable
{
    private const string Browser = "chromium", Package = "onnxruntime-web";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string Source = Path.Combine(Repository.Root, "tests", "browser");

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly LocalServer server = new();
    private readonly List<object> cases = [];
    private readonly List<Tensor> expected = [];

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
        scope.Dispose();
    }

    [Fact]
    public async Task A_browser_gives_the_same_numbers()
    {
        await Serve();
        Add("classes", RandomPostprocessor.Of(RandomPostprocessor.Mlp), new() { Strength = 0.7 });
        Add("plain", RandomPostprocessor.Of(RandomPostprocessor.Mlp with { Labels = 1 }), new() { Solver = new Heun(3) });
        Add("velocity", RandomPostprocessor.Of(RandomPostprocessor.Mlp), new() { Velocity = true });
        Add("unit", RandomPostprocessor.Of(RandomPostprocessor.Mlp, [3], 3, standardisation: RandomPostprocessor.Unit), new() { Strength = 0.5 });
        Add("images", RandomPostprocessor.Of(RandomPostprocessor.UNet), new() { Solver = new Heun(2) });
        Add("blocks", RandomPostprocessor.Of(RandomPostprocessor.UNet with { ScaleShiftNorm = true, ResampleInBlocks = true }), new() { Solver = new Euler(1) });
        server.Files["/cases.json"] = JsonSerializer.SerializeToUtf8Bytes(cases);
        using var answer = JsonDocument.Parse(await Ask($"{server.Url}/index.html"));
        Assert.False(answer.RootElement.TryGetProperty("fault", out var fault), fault.ToString());
        var answers = answer.RootElement.GetProperty("answers");
        Assert.Equal(expected.Count, answers.GetArrayLength());
        foreach (var (found, own) in answers.EnumerateArray().Zip(expected))
            Near.LargestValue(own, tensor([.. found.EnumerateArray().Select(number => number.GetSingle())], own.shape), 2e-5);
    }

    /// <summary>One model, its inputs and what they become.</summary>
    private void Add(string name, Veer.Postprocessing.Postprocessor postprocessor, OnnxExportOptions options)
    {
        const int Count = 3;
        const double Time = 0.4;
        using var owned = postprocessor;
        using var quiet = no_grad();
        OnnxExport.Write(postprocessor, folder.File(name), options);
        server.Files[$"/{name}.onnx"] = File.ReadAllBytes(folder.File(name));
        var x = RandomKey.From(9, name).Normal(0, Count, [.. postprocessor.Shape]);
        var labels = arange(Count, ScalarType.Int64).remainder(postprocessor.Classes);
        List<object> inputs = [Input(options.Velocity ? "x" : "samples", x.shape, x.data<float>().ToArray())];
        if (options.Velocity) inputs.Add(Input("t", [Count], Enumerable.Repeat((float)Time, Count).ToArray()));
        if (postprocessor.Classes > 1) inputs.Add(Input("labels", [Count], labels.data<long>().ToArray()));
        cases.Add(new { model = $"{name}.onnx", inputs, output = options.Velocity ? "velocity" : "repaired" });
        expected.Add(options.Velocity
            ? postprocessor.Velocity(x, Time, labels)
            : postprocessor.Apply(x, labels, options.Solver, options.Strength, TestContext.Current.CancellationToken).Samples);

        static object Input(string name, long[] dims, Array values) => new { name, dims, values };
    }

    /// <summary>The page and the package, which npm brings where it is missing.</summary>
    private async Task Serve()
    {
        string built = Path.Combine(Source, "node_modules", Package, "dist");
        if (!Directory.Exists(built))
        {
            using var npm = Start("npm", Source, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(npm.ExitCode == 0, $"npm does not bring {Package}");
        }
        foreach (string name in (string[])["index.html", "check.mjs"]) server.Files[$"/{name}"] = File.ReadAllBytes(Path.Combine(Source, name));
        foreach (string name in (string[])["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
            server.Files[$"/{name}"] = File.ReadAllBytes(Path.Combine(built, name));
    }

    /// <summary>What the page posts back.</summary>
    private async Task<string> Ask(string url)
    {
        // without a port for debugging it would end once the page is loaded
        using var chromium = Start(
            Browser, folder.Path, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", $"--user-data-dir={folder.File("profile")}", url);
        try
        {
            return await server.Posted.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            chromium.Kill(entireProcessTree: true);
            await chromium.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Process Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            var process = Process.Start(start)!;
            // what it says is not read, and must not fill the pipes
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"there is no {program}");
            throw;
        }
    }
}
