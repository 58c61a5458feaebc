using Veer.Data;
using Veer.Networks;
using Veer.Solvers;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>The recipe for images.</summary>
internal static class ImageRecipe
{
    /// <summary>The smallest side at which a UNet still halves an image, or sees it in patches half as many.</summary>
    private const int LeastSide = 14;

    /// <summary>Most levels of a UNet.</summary>
    private const int MostLevels = 4;

    /// <summary>Channels of a UNet that sees pixels, and of one that sees patches of 2 x 2: a quarter of the places, twice as wide.</summary>
    private const int OfPixels = 32, OfPatches = 64;

    /// <summary>Pixels of a step, at most: larger images come fewer at a time, so that a step takes as long.</summary>
    private const long PixelsOfStep = 1 << 16;

    private const int LeastBatch = 16;

    private const int SolverSteps = 4;

    private static readonly TrainingOptions Usual = new()
    {
        Steps = 1500,
        BatchSize = 64,
        LearningRate = 1e-3,
        ConstantRate = true,
        WarmupSteps = 100,
        AverageDecay = 0.995,
    };

    private static readonly EarlyStopping Stopping = new() { Every = 100, Patience = 5 };

    public static FitRecipe For(LabeledData samples, LabeledData real)
    {
        long height = samples.Points.shape[2], width = samples.Points.shape[3];
        bool patches = Halves(height, width) && Math.Min(height, width) >= 2 * LeastSide;
        // normalisation in groups of one or two channels takes away what is added before it
        var network = patches
            ? new AdmSize { Channels = OfPatches, ResidualBlocks = 1, PatchSize = 2, ChannelMultipliers = [.. Levels(height / 2, width / 2).Select(_ => 1)], ScaleShiftNorm = true }
            : new AdmSize { Channels = OfPixels, ResidualBlocks = 1, ChannelMultipliers = [.. Levels(height, width)], ScaleShiftNorm = true };
        var training = Usual with { BatchSize = (int)Math.Clamp(PixelsOfStep / (height * width), LeastBatch, Usual.BatchSize) };
        var (match, classes) = RecipeParts.Classes(samples, real);
        var options = new PostprocessorOptions
        {
            Pairing = Pairings.Balanced.Name,
            MatchClasses = match,
            BlockSize = 500,
            Rounds = 4,
            Unet = network,
            Training = training,
            Stopping = Stopping,
        };
        return FitRecipe.Of(options, Heun.Kind.Name, SolverSteps,
        [
            (RecipeWords.Classes, classes),
            (RecipeWords.Pairing, RecipeParts.Balanced("real image")),
            (RecipeWords.Network, $"{height} x {width} pixels{(patches ? ": in patches a step takes half as long" : "")}"),
            (RecipeWords.Training, RecipeParts.Stopping),
            (RecipeWords.Solver, "Euler blurs fine detail"),
        ]);
    }

    private static bool Halves(long height, long width) => height % 2 == 0 && width % 2 == 0;

    /// <summary>Multiples of the channels: twice as many from the first halving on.</summary>
    private static IEnumerable<int> Levels(long height, long width)
    {
        yield return 1;
        for (int level = 1; level < MostLevels && Halves(height, width) && Math.Min(height, width) >= LeastSide; level++)
        {
            (height, width) = (height / 2, width / 2);
            yield return 2;
        }
    }
}
