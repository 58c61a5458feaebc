using System.Text;
using CsCheck;
using Veer.Formats;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Steps = 80, BatchSize = 16 };

    private readonly TemporaryFolder folder = new();
    private readonly byte[] expected, older, newer;

    public CheckpointTests()
    {
        expected = new Toy().Train(folder.File("whole"), Options);
        Toy.TrainUntil(40, folder.Path, Options);
        older = File.ReadAllBytes(folder.File("checkpoint.safetensors"));
        Toy.TrainUntil(60, folder.Path, Options, resumedFrom: 40);
        newer = File.ReadAllBytes(folder.File("checkpoint.safetensors"));
        Assert.Equal(older, File.ReadAllBytes(folder.File("checkpoint.previous.safetensors")));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void One_cut_short_is_told_of_and_the_one_before_is_used() => Gen.Int[0, newer.Length - 1].SampleFixed(length =>
    {
        var (warnings, calls) = Resume(newer[..length], older);
        Assert.Contains("checkpoint.safetensors", OneLine(Assert.Single(warnings)), StringComparison.Ordinal);
        Assert.Equal(40, calls);
    }, iter: 10);

    [Fact]
    public void One_whose_header_is_damaged_is_told_of_and_the_one_before_is_used()
    {
        int header = 8 + (int)BitConverter.ToInt64(newer);
        string text = Encoding.UTF8.GetString(newer, 0, header);
        int step = text.IndexOf("\"step\":\"", StringComparison.Ordinal) + "\"step\":\"".Length;
        int told = 0;
        Gen.Select(Gen.Int[0, text.TrimEnd().Length - 1], Gen.Byte[1, 255]).SampleFixed((at, change) =>
        {
            // another number in the step's place is a sound file of another step
            if (at == step || at == step + 1) return;
            byte[] damaged = [.. newer];
            damaged[at] ^= change;
            var (warnings, calls) = Resume(damaged, older);
            Assert.Equal(warnings.Count == 0 ? 20 : 40, calls);
            warnings.ForEach(line => OneLine(line));
            told += warnings.Count;
        }, iter: 25);
        Assert.InRange(told, 24, 25);
    }

    [Fact]
    public void Where_both_are_torn_it_starts_anew()
    {
        var (warnings, calls) = Resume(newer[..^1], older[..100]);
        Assert.Equal(2, warnings.Count);
        Assert.Contains("checkpoint.previous.safetensors", OneLine(warnings[1]), StringComparison.Ordinal);
        Assert.Equal(80, calls);
    }

    [Fact]
    public void Where_a_bit_of_the_newer_one_has_changed_the_one_before_is_used()
    {
        byte[] changed = [.. newer];
        // in the midst of the numbers, where no header tells it
        changed[^20] ^= 1;
        var (warnings, calls) = Resume(changed, older);
        Assert.Contains("checkpoint.safetensors: checksum: found", OneLine(Assert.Single(warnings)), StringComparison.Ordinal);
        Assert.Equal(40, calls);
    }

    [Fact]
    public void Where_the_newer_one_is_missing_the_one_before_is_used_without_a_word()
    {
        var (warnings, calls) = Resume(null, older);
        Assert.Empty(warnings);
        Assert.Equal(40, calls);
    }

    [Fact]
    public void Once_the_one_before_is_used_the_torn_one_does_not_take_its_place()
    {
        // killed while it writes its next checkpoint, the process has moved the current one aside already
        File.WriteAllBytes(folder.File("checkpoint.safetensors"), newer[..100]);
        File.WriteAllBytes(folder.File("checkpoint.previous.safetensors"), older);
        Toy.TrainUntil(70, folder.Path, Options, resumedFrom: 40);
        Assert.Equal(70, Toy.Step(folder.Path));
        Assert.Equal(older, File.ReadAllBytes(folder.File("checkpoint.previous.safetensors")));
    }

    [Fact]
    public void Those_of_other_settings_or_draws_are_refused()
    {
        var warnings = new List<string>();
        int calls = 0;
        new Toy { Called = call => calls = call }.Train(folder.Path, Options, warn: warnings.Add, settings: "another");
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, line => Assert.Contains("settings: found those of another training", OneLine(line), StringComparison.Ordinal));
        Assert.Equal(80, calls);
        warnings.Clear();
        new Trainer(new Toy(), Options, new RandomKey(1), folder.Path, "toy")
            .Run(warn: warnings.Add, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, warnings.Count);
    }

    [Theory]
    [InlineData("loss_sum", "loss_sum: found no such tensor, expected a float32 tensor [1]")]
    [InlineData("optimizer.average.head.bias", "optimizer.average.head.bias: found no such tensor, expected a float32 tensor [2]")]
    public void One_without_a_tensor_is_refused_by_its_name(string name, string message) =>
        RefusedWith(message, state => state.Remove(name));

    [Fact]
    public void One_with_a_tensor_too_many_or_of_another_shape_or_type_is_refused_by_its_name()
    {
        RefusedWith("more: found a float32 tensor [3], expected no such tensor", state => state["more"] = zeros(3));
        RefusedWith("loss_sum: found a float32 tensor [2], expected a float32 tensor [1]", state => state["loss_sum"] = zeros(2));
        RefusedWith(
            "loss_sum: found a int32 tensor [1], expected a float32 tensor [1]", state => state["loss_sum"] = zeros(1, ScalarType.Int32));
    }

    private void RefusedWith(string message, Action<Dictionary<string, Tensor>> change)
    {
        File.WriteAllBytes(folder.File("changed"), newer);
        var file = Safetensors.Read(folder.File("changed"));
        var state = file.Tensors.ToDictionary();
        change(state);
        Safetensors.Write(folder.File("changed"), state, file.Metadata);
        var (warnings, _) = Resume(File.ReadAllBytes(folder.File("changed")), older);
        Assert.Contains(message, OneLine(Assert.Single(warnings)), StringComparison.Ordinal);
    }

    /// <summary>Goes on from these files to the same bits; its warnings and the steps that it took.</summary>
    private (List<string> Warnings, int Calls) Resume(byte[]? current, byte[] previous)
    {
        File.Delete(folder.File("checkpoint.safetensors"));
        if (current is not null) File.WriteAllBytes(folder.File("checkpoint.safetensors"), current);
        File.WriteAllBytes(folder.File("checkpoint.previous.safetensors"), previous);
        var warnings = new List<string>();
        int calls = 0;
        Assert.Equal(expected, new Toy { Called = call => calls = call }.Train(folder.Path, Options, warn: warnings.Add));
        return (warnings, calls);
    }

    private static string OneLine(string line)
    {
        Assert.DoesNotContain('\n', line);
        return line;
    }
}
