using Veer.Data;
using Veer.Matching;
using Veer.Models;
using Veer.Networks;
using Veer.Solvers;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>The recipe for vectors, of any unit.</summary>
internal static class VectorRecipe
{
    /// <summary>Up to here Fourier features pay: in more dimensions they are noise to a network that sees few points.</summary>
    private const int FewDimensions = 8;

    /// <summary>Real points whose neighbours tell how fine their structure is.</summary>
    private const int Looked = 2000;

    /// <summary>Highest Fourier frequency, over one by the median distance of neighbours.</summary>
    private const double FrequencyOfDistance = 0.5;

    private const double LeastFrequency = 2, MostFrequency = 100;

    private const int SolverSteps = 8;

    private static readonly TrainingOptions Training = new()
    {
        Steps = 20_000,
        BatchSize = 512,
        LearningRate = 1e-3,
        ConstantRate = true,
        WarmupSteps = 100,
        AverageDecay = 0.998,
    };

    private static readonly EarlyStopping Stopping = new() { Every = 250, Patience = 16 };

    public static FitRecipe For(LabeledData samples, LabeledData real)
    {
        int dimensions = (int)samples.Points.shape[1];
        bool few = dimensions <= FewDimensions;
        double frequency = few ? Frequency(samples, real) : LeastFrequency;
        var network = new MlpSize { Width = few ? 128 : 256, Layers = 3, FourierFeatures = few ? 48 : 0, FourierFrequency = frequency };
        var (match, classes) = RecipeParts.Classes(samples, real);
        var options = new PostprocessorOptions
        {
            Pairing = Pairings.Balanced.Name,
            MatchClasses = match,
            BlockSize = 1000,
            Rounds = 20,
            Network = network,
            Standardise = true,
            Training = Training,
            Stopping = Stopping,
        };
        return FitRecipe.Of(options, Heun.Kind.Name, SolverSteps,
        [
            (RecipeWords.Unit, "columns of any scale count alike"),
            (RecipeWords.Classes, classes),
            (RecipeWords.Pairing, RecipeParts.Balanced("real point")),
            (RecipeWords.Network, few ? "few dimensions" : $"{dimensions} dimensions"),
            (RecipeWords.FourierFeatures, few ? "as fine as the real points' neighbours tell" : $"{dimensions} dimensions are too many for them"),
            (RecipeWords.Training, RecipeParts.Stopping),
            (RecipeWords.Solver, "between narrow regions paths bend"),
        ]);
    }

    /// <summary>Structure finer than the distance of neighbours cannot be told from chance.</summary>
    private static double Frequency(LabeledData samples, LabeledData real)
    {
        using var scope = NewDisposeScope();
        var points = Standardisation.From(real.Points, samples.Points).Apply(real.Points);
        // from end to end: many sets are sorted by class
        var asked = points[TensorIndex.Slice(step: Math.Max(1, points.shape[0] / Looked))];
        // the second: the first is the point itself
        double distance = Neighbors.Search(asked, points, (int)Math.Min(2, points.shape[0])).Distances.select(1, -1).median().item<float>();
        return Math.Clamp(FrequencyOfDistance / Math.Max(distance, 1e-9), LeastFrequency, MostFrequency);
    }
}
