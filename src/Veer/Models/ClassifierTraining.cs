using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>Trains a noisy classifier on points with classes.</summary>
public static class ClassifierTraining
{
    /// <summary>Trains a classifier; with a folder, goes on with one that was stopped, and saves it.</summary>
    /// <inheritdoc cref="DenoiserTraining.Fit" path="/param"/>
    /// <returns>The classifier, on the device it was trained on. It belongs to the caller, whatever dispose scope is open: dispose of it.</returns>
    /// <exception cref="InputException">There is no such schedule or network, or it does not fit the points.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    /// <remarks>It takes all processor cores: train one model at a time.</remarks>
    public static NetworkClassifier Fit(LabeledData data, ClassifierOptions options, TrainingRun? run = null, CancellationToken cancellation = default)
    {
        run ??= new();
        using var scope = NewDisposeScope();
        SettingRanges.Require(options, "classifier");
        data = data.Checked("data");
        if (run.Device is { } device) data = data.To(device);
        long[] point = data.Points.shape[1..];
        if (run.Network is null) options.Validate(point);
        var schedule = NoiseSchedule.Named(options.Schedule, options.Timesteps);
        var config = new ModelConfig
        {
            Kind = "classifier",
            Classes = data.Classes,
            Shape = point,
            Schedule = options.Schedule,
            Timesteps = options.Timesteps,
            Network = run.Network ?? Network(options, point, data.Classes),
        };
        (var network, config) = ModelTraining.Run(
            config, options.Training, run, data.Points.device, "classifier weights", network => new ClassifierObjective(network, schedule, data),
            () => ContentKey.Compute(new { options, precision = run.Precision, network = (object?)run.Network }, data.Key()), preview: null, cancellation);
        return Model.Keep(new NetworkClassifier(network, schedule, data.Classes) { SampleShape = point }, config);
    }

    private static INetworkOptions Network(ClassifierOptions options, long[] point, int classes)
    {
        int dimensions = checked((int)point.Aggregate(1L, (product, side) => product * side));
        return options.Network switch
        {
            "linear" => new LinearClassifierOptions { Dimensions = dimensions, Outputs = classes },
            "mlp" => new ResidualMlpOptions(options.Size) { Dimensions = dimensions, Labels = 0, Outputs = classes },
            _ => new AdmEncoderOptions(options.Encoder ?? new()) { ImageChannels = checked((int)point[0]), Outputs = classes },
        };
    }
}
