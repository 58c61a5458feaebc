using Veer.Data;
using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Solvers;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>
/// Repair in one evaluation: a postprocessor that learns where another's flow leads each sample (the distillation of Liu et al., arXiv 2209.03003):
/// E over samples of ‖(z_1 - z_0) - v(z_0, 0, c)‖², z_1 the end of the flow from z_0. Its pairs are one to one and hardly cross, so that one step of Euler
/// follows them.
/// </summary>
public static class Reflow
{
    /// <summary>
    /// Steps of Heun that lead the samples to their ends: of vectors more, whose flows bend between narrow regions; of images those that a flow usually takes, beyond
    /// which its ends come no nearer to real ones (docs/results/mnist.md).
    /// </summary>
    private const int StepsOfVectors = 20, StepsOfImages = Postprocessor.DefaultSteps;

    /// <summary>Trains a postprocessor of one step; it begins with the flow's weights and has its network.</summary>
    /// <param name="flow">Whose ways it learns; it stays the caller's.</param>
    /// <param name="samples">Samples to learn them by, [N, D] or [N, C, H, W] float32, and their classes: those that the flow was trained on, or others of their kind.</param>
    /// <param name="training">Steps, batch size and learning rate.</param>
    /// <param name="run">Seed, folder and the like; in memory, if not given. Its device and network are the flow's.</param>
    /// <param name="leading">Told, before the training, the share of the samples that the flow has led to their ends, 0 to 1.</param>
    /// <param name="cancellation">Stops after a checkpoint, where there is a folder; while samples are led, at once.</param>
    /// <returns>A postprocessor that takes one step, whatever solver it is applied with. It belongs to the caller, whatever dispose scope is open: dispose of it.</returns>
    /// <exception cref="InputException">The samples are not such as the flow knows, or the flow takes one step itself.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    public static Postprocessor Fit(
        Postprocessor flow, LabeledData samples, TrainingOptions training, TrainingRun? run = null, IProgress<double>? leading = null,
        CancellationToken cancellation = default)
    {
        run ??= new();
        if (flow.TakesOneStep) throw new InputException("reflow", "flow", "one that takes one step itself", "one of many steps");
        using var scope = NewDisposeScope();
        var device = flow.Network.parameters().First().device;
        samples = samples.To(device);
        var config = flow.Config with { OneStep = true };
        int steps = StepsFor(samples.Points.dim() == 4);
        var (network, trained) = ModelTraining.Run(
            config, training, run, device, "weights", network =>
            {
                StateTensors.Copy(Postprocessor.Kind, StateTensors.Collect(flow.Network), StateTensors.Collect(network));
                var ends = Ends(flow, samples, steps, leading, cancellation);
                return new EndObjective(network, flow.InItsUnit(samples.Points), flow.InItsUnit(ends), samples.Labels);
            },
            () => ContentKey.Compute(new { training, precision = run.Precision, config, steps }, [samples.Key(), .. StateTensors.Collect(flow.Network).Values.Select(weight => ContentKey.Hash(weight))]),
            preview: null, cancellation);
        return new(network, trained);
    }

    /// <summary>Steps that lead samples to their ends.</summary>
    internal static int StepsFor(bool images) => images ? StepsOfImages : StepsOfVectors;

    /// <summary>Where so many steps along the flow lead the samples.</summary>
    private static Tensor Ends(Postprocessor flow, LabeledData samples, int steps, IProgress<double>? leading, CancellationToken cancellation)
    {
        var solver = new Heun(steps);
        int batch = Batches.SizeFor(samples.Points.shape[1..], samples.Points.device);
        var ends = new List<Tensor>();
        for (long first = 0; first < samples.Count; first += batch)
        {
            var some = samples.Slice(first, Math.Min(batch, samples.Count - first));
            ends.Add(flow.Apply(some.Points, some.Labels, solver, cancellation: cancellation).Samples);
            leading?.Report((double)Math.Min(first + batch, samples.Count) / samples.Count);
        }
        return cat(ends);
    }

    /// <summary>The way from each sample to its end, asked for at t = 0 alone.</summary>
    private sealed class EndObjective(ConditionalNetwork network, Tensor samples, Tensor ends, Tensor labels) : IObjective
    {
        public nn.Module Network => network;

        public Tensor Loss(RandomKey key, int count)
        {
            using var scope = NewDisposeScope();
            using var draws = key.Draws(samples.device);
            var rows = draws.Below(samples.shape[0], [count]);
            var from = samples.index_select(0, rows);
            var way = network.forward(from, zeros(1, ScalarType.Float32, samples.device), labels.index_select(0, rows));
            return nn.functional.mse_loss(way, ends.index_select(0, rows) - from).MoveToOuterDisposeScope();
        }
    }
}
