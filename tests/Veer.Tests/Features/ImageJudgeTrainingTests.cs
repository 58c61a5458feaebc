using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Tests.Formats;
using Veer.Tests.Training;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>Judges of ten classes that a bar's height tells apart.</summary>
public sealed class ImageJudgeTrainingTests : FolderTests
{
    private static readonly ImageJudgeOptions Options = new()
    {
        Augmentation = new() { Rotation = 2, Scaling = 0.02, Shift = 0.5 },
        Training = new() { Steps = 100, BatchSize = 32, LearningRate = 2e-3, AverageDecay = 0.9 },
    };

    [Fact]
    public void A_judge_learns_its_classes_and_its_file_says_what_it_is_for()
    {
        using var judge = Fit(Options, folder.Path);
        Assert.InRange(judge.LabelAgreement(Bars(200, "test")), 0.97, 1);
        Assert.Equal(("bars", "bars-judge"), (judge.For, judge.Name));
        Assert.Equal(1, judge.Features(Bars(500, "train").Points).var(0).mean().item<float>(), 0.01);
        var file = Safetensors.Read(folder.File(ImageJudgeTraining.FileName));
        Assert.Equal(("bars", "3"), (file.Metadata["for"], file.Metadata["seed"]));
        Assert.Contains("Rotation = 2", file.Metadata["options"], StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("training.csv")));
        Assert.Empty(Directory.GetFiles(folder.Path, "checkpoint*"));
    }

    [Fact]
    public void Stopped_and_resumed_it_ends_in_the_bits_of_one_left_alone()
    {
        var options = Options with { Training = Options.Training with { BatchSize = 4 } };
        using var whole = Fit(options, folder.File("whole"));
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Fit(options, folder.File("stopped"), StopAt.Step(50, source), source.Token));
        Assert.False(File.Exists(folder.File("stopped/judge.safetensors")));
        using var resumed = Fit(options, folder.File("stopped"));
        Assert.Equal(whole.Fingerprint, resumed.Fingerprint);
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused_in_one_line()
    {
        var bars = Bars(5, "train");
        Refusal.Of(
            () => ImageJudgeTraining.Fit(bars with { Points = zeros(5, 1, 32, 32) }, "bars", Options, folder.Path, seed: 1),
            "bars-judge: images: found [5, 1, 32, 32], expected [N, 1, 28, 28] or [N, 3, 32, 32]");
        Refusal.Of(
            () => ImageJudgeTraining.Fit(bars with { Classes = 12 }, "bars", Options, folder.Path, seed: 1), "bars-judge: classes: found 12, expected 10");
    }

    private static ImageJudge Fit(
        ImageJudgeOptions options, string path, IProgress<TrainingProgress>? progress = null, CancellationToken? cancellation = null) =>
        ImageJudgeTraining.Fit(
            Bars(500, "train"), "bars", options, path, seed: 3, progress, cancellation: cancellation ?? TestContext.Current.CancellationToken);

    private static LabeledData Bars(int count, string purpose)
    {
        var labels = arange(count, ScalarType.Int64).remainder(10);
        var rows = arange(28).reshape(1, 1, 28, 1);
        var top = (labels * 2 + 4).reshape(-1, 1, 1, 1);
        var bars = rows.ge(top).bitwise_and(rows.lt(top + 2)).to(ScalarType.Float32) * 2 - 1;
        return new(bars + RandomKey.From(17, purpose).Normal(0, count, [1, 28, 28]) * 0.2, labels, 10);
    }
}
