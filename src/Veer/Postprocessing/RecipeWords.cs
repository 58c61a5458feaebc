using Veer.Networks;
using Veer.Solvers;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>What a recipe chooses, as people read it: of any options, so that what is printed is what is done.</summary>
internal static class RecipeWords
{
    public const string Unit = "unit", Classes = "classes", Pairing = "pairing", Network = "network", FourierFeatures = "Fourier features", Training = "training", Solver = "solver";

    /// <summary>The value of a choice.</summary>
    /// <param name="choice">One of the names above.</param>
    /// <param name="options">How the flow is fitted.</param>
    /// <param name="solver">By which solver it is followed.</param>
    /// <param name="steps">Its steps.</param>
    public static string Of(string choice, PostprocessorOptions options, string solver, int steps) => choice switch
    {
        Unit => options.Standardise == true ? "standardised coordinates" : "coordinates as they are",
        Classes => options.MatchClasses ? "pairs of one class" : "pairs of any class",
        Pairing => Paired(options),
        Network => options.Unet is { } unet ? Of(unet) : $"MLP of {options.Network.Layers} layers, {options.Network.Width} wide",
        FourierFeatures => Of(options.Network),
        Training => Of(options.Training, options.Stopping ?? new()),
        Solver => SolverKind.All.Named(solver).Adaptive ? solver : $"{solver}, {steps} {(steps == 1 ? "step" : "steps")}",
        _ => throw new ArgumentOutOfRangeException(nameof(choice)),
    };

    private static string Paired(PostprocessorOptions options)
    {
        var read = Pairings.All.Named(options.Pairing).Reads(options).ToHashSet();
        return options.Pairing + (read.Contains(nameof(options.Rounds)) ? $", {options.Rounds} rounds of blocks of {options.BlockSize}" : "")
            + (read.Contains(nameof(options.Neighbors)) ? $", {options.Neighbors} neighbours" : "");
    }

    private static string Of(AdmSize unet) => $"UNet of {unet.Channels} channels times {string.Join(", ", unet.ChannelMultipliers)}{(unet.PatchSize == 1 ? "" : $" on patches of {unet.PatchSize} x {unet.PatchSize}")}";

    private static string Of(MlpSize network) => network.FourierFeatures == 0 ? "none"
        : FormattableString.Invariant($"{network.FourierFeatures} up to {network.FourierFrequency:g3} radians per standard deviation");

    private static string Of(TrainingOptions training, EarlyStopping stopping) => FormattableString.Invariant(
        $"at most {training.Steps} steps of {training.BatchSize}, learning rate {training.LearningRate}, {(training.ConstantRate == true ? "constant" : "falling to 0")}, until held-out points come no nearer in {(long)stopping.Patience * stopping.Every} steps");
}
