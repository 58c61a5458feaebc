using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Matching;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Postprocessing;

/// <summary>How a postprocessing flow is trained.</summary>
public record PostprocessorOptions
{
    /// <summary>k: each sample's possible targets are its k nearest real points; at least 1.</summary>
    [Range(1, 100_000)]
    public int Neighbors { get; init; } = 20;

    /// <summary>Look for neighbours among the real points of the sample's own class only.</summary>
    public bool MatchClasses { get; init; } = true;

    /// <summary>
    /// Which real points a sample is trained towards, one of them drawn at every iteration: "nearest", its <see cref="Neighbors"/> nearest
    /// ones (the paper); "balanced", those of an exact one-to-one matching of random blocks, which uses all real points evenly and so wins
    /// back what guidance has thinned out (<see cref="BalancedPairing"/>); "random", any of its class (the control).
    /// </summary>
    [AllowedValues("nearest", "balanced", "random")]
    public string Pairing { get; init; } = "balanced";

    /// <summary>Balanced pairing: samples and real points per block.</summary>
    [Range(1, 10_000)]
    public int BlockSize { get; init; } = 250;

    /// <summary>Balanced pairing: how often the blocks are drawn anew, which is how many balanced targets a sample has.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 12;

    /// <summary>Balanced pairing: the share of draws that come from the sample's nearest real points, not its balanced ones.</summary>
    [Range(0.0, 1.0)]
    public double NearestShare { get; init; }

    /// <summary>Size of the network, for vectors; without Fourier features it is blind to fine structure.</summary>
    public MlpSize Network { get; init; } = new();

    /// <summary>Size of the network, for images.</summary>
    public AdmSize? Unet { get; init; }

    /// <summary>Steps, batch and rate.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>
/// The postprocessing flow of arXiv 2503.10638 (Eq. 11 and 12): a rectified flow trained from a generator's samples to their nearest
/// real neighbours, or to real points they are paired with in another way (<see cref="PostprocessorOptions.Pairing"/>). It never sees
/// how the samples were made; a sample that is good already has a near neighbour, and hardly moves.
/// </summary>
public sealed class Postprocessor : IVelocityField
{
    private const int DefaultSteps = 4;

    private readonly ConditionalNetwork network;

    private readonly long[] shape;
    private readonly int classes;

    private Postprocessor(ConditionalNetwork network, ModelConfig config) =>
        (this.network, shape, classes) = (network, config.PointShape(), config.Classes);

    /// <summary>Trains a postprocessor, or goes on with one that was stopped, and saves it.</summary>
    /// <param name="generated">The generator's samples, [N, D] or [N, C, H, W].</param>
    /// <param name="real">Real points of the same space and classes.</param>
    /// <param name="options">Pairing, network and training.</param>
    /// <param name="folder">Where the model, its losses and its checkpoints go.</param>
    /// <param name="seed">Seed of the weights and of every draw.</param>
    /// <param name="progress">Told of the training.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    /// <param name="pairing">Told, before the training, the share of the pairing that is done, 0 to 1.</param>
    /// <param name="space">Where images are compared to be paired; their values themselves, if not given.</param>
    /// <param name="precision">What a UNet calculates in.</param>
    /// <param name="start">
    /// The folder of a rectified flow with a network of this shape (the generator, or an earlier postprocessor), whose weights are the first
    /// ones; random, if not given. A short training that begins with a generator's ends far better (docs/results/cifar10.md).
    /// </param>
    /// <param name="cancellation">Stops after a checkpoint; while samples are paired, at once.</param>
    /// <exception cref="InputException">
    /// A class has fewer than k real points, or none where no neighbours are asked for; the network does not fit the points; or
    /// <paramref name="start"/> holds no rectified flow, or one of another shape or of other classes.
    /// </exception>
    public static Postprocessor Fit(
        LabeledData generated, LabeledData real, PostprocessorOptions options, string folder, long seed,
        IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, IProgress<double>? pairing = null,
        IFeatureSpace? space = null, Precision precision = Precision.Float32, string? start = null,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var config = new ModelConfig
        {
            Kind = "postprocessor",
            Classes = generated.Classes,
            Training = options.Training,
            ExamplesSeen = (long)options.Training.Steps * options.Training.BatchSize,
        }.WithNetwork(options.Network, options.Unet, generated.Points.shape[1..], generated.Classes);
        var network = ModelFolder.Create(config, RandomKey.From(seed, "weights"), generated.Points.device, precision);
        if (start is not null) StartingWeights.Copy(start, network, generated.Classes);
        var (from, to) = (InSpace(generated), InSpace(real));
        var targets = Pairing.Create(from, to, options, seed, pairing, cancellation);
        var objective = new FlowObjective(network, generated.Points, generated.Labels, real.Points, targets);
        using var trainer = new Trainer(objective, options.Training, RandomKey.From(seed, "postprocessor"), folder,
            // flat, they are the same points
            ContentKey.Compute(new { options, precision }, space is null ? [generated.Key(), real.Key()] : [generated.Key(), real.Key(), from.Key(), to.Key()]));
        trainer.Run(progress, warn, cancellation);
        ModelFolder.Save(folder, network, config);
        trainer.Finish();
        return new Postprocessor(network, config);

        LabeledData InSpace(LabeledData data) => space is null ? data.Flat() : data with { Points = space.Features(data.Points).to(data.Points.device) };
    }

    /// <summary>Loads a postprocessor that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">What a UNet calculates in.</param>
    /// <exception cref="InputException">The folder holds no postprocessor, or a broken one.</exception>
    public static Postprocessor Load(string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var (network, config) = ModelFolder.Load(folder, device, precision);
        if (config.Kind != "postprocessor") throw new InputException(folder, "kind", $"'{config.Kind}'", "'postprocessor'");
        return new Postprocessor(network, config);
    }

    /// <inheritdoc/>
    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        using var time = tensor(new[] { (float)t }, device: x.device);
        return network.forward(x, time, label);
    }

    /// <summary>Carries samples along the flow.</summary>
    /// <param name="samples">[N, D] or [N, C, H, W].</param>
    /// <param name="labels">[N] int64, each 0 to C - 1, on the device of the samples.</param>
    /// <param name="solver">
    /// The ODE solver; its steps are those of the whole way. If not given 4 steps, of Euler for vectors, whose paths are short and nearly straight, so that more evaluations bring
    /// little, and of Heun for images, whose fine detail Euler blurs (docs/results). Dopri5 follows paths to its tolerance.
    /// </param>
    /// <param name="strength">0 leaves the samples, 1 goes the whole way: the flow is followed from t = 0 to t = strength.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The samples moved, and the network evaluations that one batch took at most.</returns>
    /// <exception cref="InputException">The samples or labels are not such as it was trained on, or not on its device.</exception>
    /// <exception cref="SolverStoppedException">The solver did not reach the end.</exception>
    public (Tensor Samples, int Evaluations) Apply(
        Tensor samples, Tensor labels, IOdeSolver? solver = null, double strength = 1, CancellationToken cancellation = default)
    {
        if (strength == 0)
        {
            Check(samples, labels);
            return (samples.clone(), 0);
        }
        var (moved, evaluations) = Follow(samples, labels, [strength], solver, cancellation);
        return (moved[0], evaluations);
    }

    /// <summary>Carries samples along the flow and keeps what they are at several strengths: one way, whatever the number of strengths.</summary>
    /// <param name="samples">[N, D] or [N, C, H, W].</param>
    /// <param name="labels">[N] int64, each 0 to C - 1, on the device of the samples.</param>
    /// <param name="strengths">Strictly rising, each above 0 and at most 1.</param>
    /// <param name="solver">As in <see cref="Apply"/>, which gives the same at each strength.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The samples moved, for each strength, and the network evaluations that one batch took at most.</returns>
    /// <exception cref="InputException">The samples or labels are not such as it was trained on, or not on its device.</exception>
    /// <exception cref="SolverStoppedException">The solver did not reach the end.</exception>
    public (IReadOnlyList<Tensor> Samples, int Evaluations) Follow(
        Tensor samples, Tensor labels, IReadOnlyList<double> strengths, IOdeSolver? solver = null, CancellationToken cancellation = default)
    {
        foreach (double strength in strengths)
            if (strength is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(strengths), strength, "expected above 0 and at most 1");
        Check(samples, labels);
        if (samples.shape[0] == 0) return ([.. strengths.Select(_ => samples.clone())], 0);
        using var scope = NewDisposeScope();
        solver ??= samples.dim() == 2 ? new Euler(DefaultSteps) : new Heun(DefaultSteps);
        int evaluations = 0;
        int batch = Batches.SizeFor(samples.shape[1..], samples.device);
        var moved = strengths.Select(_ => new List<Tensor>()).ToList();
        for (long first = 0; first < samples.shape[0]; first += batch)
        {
            using var step = NewDisposeScope();
            long count = Math.Min(batch, samples.shape[0] - first);
            var result = solver.SolvePart(this, samples.narrow(0, first, count), labels.narrow(0, first, count), [0, .. strengths], end: 1, cancellation);
            if (result.Outcome != OdeOutcome.Done) throw new SolverStoppedException("the flow", result, strengths[^1]);
            evaluations = Math.Max(evaluations, result.Evaluations);
            // copies: a part of all states would keep the whole
            foreach (var (states, state) in moved.Zip(result.States!.unbind().Skip(1))) states.Add(state.clone().MoveToOuterDisposeScope());
        }
        return ([.. moved.Select(states => cat(states).MoveToOuterDisposeScope())], evaluations);
    }

    private void Check(Tensor samples, Tensor labels)
    {
        if (shape.Length > 0 && (samples.dim() != shape.Length + 1 || samples.shape[1] != shape[0]))
            throw Fault("samples", $"[{string.Join(", ", samples.shape)}]", $"[N, {string.Join(", ", shape)}]");
        if (labels.dim() != 1 || labels.shape[0] != samples.shape[0] || labels.dtype != ScalarType.Int64)
            throw Fault("labels", $"[{string.Join(", ", labels.shape)}] {labels.dtype}", $"[{samples.shape[0]}] Int64");
        string device = network.parameters().First().device.ToString();
        foreach (var (name, tensor) in (IEnumerable<(string, Tensor)>)[("samples", samples), ("labels", labels)])
            if (tensor.device.ToString() != device) throw Fault(name, $"on {tensor.device}", $"on {device}, where the postprocessor is");
        ByClass.RequireRange(labels, classes, "postprocessor", "labels");

        static InputException Fault(string field, string found, string expected) => new("postprocessor", field, found, expected);
    }
}
