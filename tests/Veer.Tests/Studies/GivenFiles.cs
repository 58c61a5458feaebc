using Veer.Formats;
using Veer.Tests.Formats;
using static TorchSharp.torch;

namespace Veer.Tests.Studies;

/// <summary>Files of samples and of real points, small and quickly repaired.</summary>
internal static class GivenFiles
{
    /// <summary>Settings that train for a moment.</summary>
    public static readonly string[] Brief =
    [
        "postprocessor.training={ steps: 30, batch_size: 64 }", "postprocessor.stopping={ every: 10, patience: 2 }", "evaluation={ assignment_points: 50, projections: 8 }",
        "application={ solver: euler, steps: 1 }",
    ];

    public static readonly string[] Vectors = [.. Brief, "postprocessor.network={ width: 8, layers: 1, fourier_features: 4, fourier_frequency: 10, time_features: 4 }"];

    public static readonly string[] Images = [.. Brief, "postprocessor.unet={ channels: 32, residual_blocks: 1, channel_multipliers: [1, 1] }", "postprocessor.training.steps=4", "postprocessor.training.batch_size=8"];

    /// <summary>Vectors [count, 2] around the corners of two classes, beside them by an offset.</summary>
    public static void WriteVectors(TemporaryFolder folder, string name, ulong key, double offset = 0, int count = 200, bool labelled = true, int classes = 2)
    {
        using var scope = NewDisposeScope();
        var labels = arange(count, ScalarType.Int64).remainder(classes);
        var arrays = new Dictionary<string, Tensor> { ["points"] = new RandomKey(key).Normal(0, count, [2]) * 0.3 + labels.unsqueeze(1) * 3 + offset };
        if (labelled) arrays["labels"] = labels;
        Npz.Write(folder.File(name), arrays);
    }

    /// <summary>Grey images [count, 8, 8, 1] of two classes, dark and bright.</summary>
    public static void WriteImages(TemporaryFolder folder, string name, ulong key, bool labelled = true)
    {
        const int count = 120;
        using var scope = NewDisposeScope();
        var labels = arange(count, ScalarType.Int64).remainder(2);
        var pixels = (new RandomKey(key).Normal(0, count, [8, 8, 1]) * 20 + labels.reshape(-1, 1, 1, 1) * 100 + 80).clamp(0, 255).to(ScalarType.Byte);
        var arrays = new Dictionary<string, Tensor> { ["arr_0"] = pixels };
        if (labelled) arrays["arr_1"] = labels;
        Npz.Write(folder.File(name), arrays);
    }
}
