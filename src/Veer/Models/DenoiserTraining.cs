using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Training;

namespace Veer.Models;

/// <summary>Where and how a generator is trained.</summary>
public sealed record DenoiserRun : TrainingRun
{
    /// <summary>Shown the generator as it stands, every 1000 steps and at the end, on the thread that trains; what it draws is its own to free.</summary>
    public Action<DenoiserPreview>? Preview { get; init; }
}

/// <summary>A generator in training.</summary>
/// <param name="Denoiser">With its averaged weights; belongs to the training.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Events">The TensorBoard events, to leave there what shows how far it is; null for a training in memory.</param>
public sealed record DenoiserPreview(NetworkDenoiser Denoiser, long Step, EventLog? Events);

/// <summary>Trains a conditional generator on points with classes.</summary>
public static class DenoiserTraining
{
    /// <summary>Trains a denoiser; with a folder, goes on with one that was stopped, and saves it.</summary>
    /// <param name="data">Points [N, D] or [N, C, H, W] float32, and labels; they stay the caller's.</param>
    /// <param name="options">Family, network and training.</param>
    /// <param name="run">Seed, folder, device and the like; in memory, if not given.</param>
    /// <param name="cancellation">Stops after a checkpoint, where there is a folder.</param>
    /// <returns>The denoiser, on the device it was trained on. It belongs to the caller, whatever dispose scope is open: dispose of it.</returns>
    /// <exception cref="InputException">The network does not fit the points, or there is no such family.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    /// <remarks>It takes all processor cores: train one model at a time.</remarks>
    public static NetworkDenoiser Fit(LabeledData data, DenoiserOptions options, DenoiserRun? run = null, CancellationToken cancellation = default)
    {
        run ??= new();
        using var scope = NewDisposeScope();
        SettingRanges.Require(options, "denoiser");
        data = data.Checked("data");
        if (run.Device is { } device) data = data.To(device);
        var family = DenoiserFamilies.Named(options.Family);
        long[] point = data.Points.shape[1..];
        if (run.Network is null) options.Validate(point);
        else options.RequireImages(point, (field, found, expected) => new("denoiser", field, found, expected));
        var config = family.Describe(
            new()
            {
                Kind = "denoiser",
                Classes = data.Classes,
                LabelDropout = options.LabelDropout,
                Family = options.Family,
                Shape = point,
                Network = run.Network ?? family.Network(options, point, data.Classes),
            },
            options);
        NetworkDenoiser? denoiser = null;
        (_, config) = ModelTraining.Run(
            config, options.Training, run, data.Points.device, "denoiser weights",
            network =>
            {
                denoiser = family.Create(network, config, "denoiser");
                return family.Objective(network, config, data, options);
            },
            () => ContentKey.Compute(new { options, precision = run.Precision, network = (object?)run.Network }, data.Key()),
            run.Preview is { } preview ? (events, step) => preview(new(denoiser!, step, events)) : null, cancellation);
        return Model.Keep(denoiser!, config);
    }
}
