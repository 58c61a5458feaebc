using System.Diagnostics;
using TorchSharp;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// The one training loop, for every objective: AdamW with a cosine learning rate and a moving average of the weights, losses to
/// <c>training.csv</c> and TensorBoard, and checkpoints from which a stopped run goes on to the same bits; all three where there is a folder.
/// </summary>
public sealed class Trainer : IDisposable
{
    private const int StepsPerReport = 50;

    /// <summary>Operations' scalars wait for a collection of garbage, and keep the freed memory around them in pieces.</summary>
    private static readonly TimeSpan CollectEvery = TimeSpan.FromSeconds(1);

    private readonly IObjective objective;
    private readonly ShardedGradient gradient;
    private readonly TrainingOptions options;
    private readonly RandomKey key;
    private readonly string? folder;
    private readonly Checkpoint? checkpoint;
    private readonly AdamW optimizer;
    private readonly Tensor lossSum;

    /// <summary>Held while the state changes, so that whoever cancels finds a whole one.</summary>
    private readonly Lock change = new();
    private GradientGuard? guard;
    private long done, kept;
    private bool stopped, showing;

    /// <summary>A training in memory.</summary>
    /// <param name="objective">What to minimise; its network stays the caller's.</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="key">Every step's draws come from this key and the step's number.</param>
    public Trainer(IObjective objective, TrainingOptions options, RandomKey key)
    {
        (this.objective, this.options, this.key) = (objective, options, key);
        gradient = new ShardedGradient(objective, options.BatchSize);
        optimizer = new AdamW(objective.Network.named_parameters().Select(p => (p.name, p.parameter)), options.WeightDecay);
        lossSum = zeros(1, device: Device).DetachFromDisposeScope();
    }

    /// <summary>A training that leaves its checkpoint, losses and events in a folder.</summary>
    /// <param name="objective">What to minimise; its network stays the caller's.</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="key">Every step's draws come from this key and the step's number.</param>
    /// <param name="folder">Made if missing.</param>
    /// <param name="settings">
    /// Names everything that shapes the result beside key, options and first weights: above all the data (<see cref="ContentKey"/>). A
    /// checkpoint of another training is not resumed.
    /// </param>
    public Trainer(IObjective objective, TrainingOptions options, RandomKey key, string folder, string settings)
        : this(objective, options, key)
    {
        this.folder = folder;
        // the first weights too: they hang on the network's shape, its seed and a model it may begin with
        checkpoint = new Checkpoint(folder, ContentKey.Compute(new { key.Value, settings, options }, ContentKey.Hash(StateTensors.Collect(objective.Network).Values)));
        Directory.CreateDirectory(folder);
    }

    /// <summary>How often a checkpoint is written.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Steps from one preview to the next.</summary>
    public int PreviewEvery { get; init; } = 1000;

    /// <summary>
    /// Given the events file (null in memory) and the step while the network holds its averaged weights, to leave there what shows how far it is.
    /// </summary>
    public Action<EventLog?, long>? Preview { get; init; }

    /// <summary>Stops the training where held-out points come no nearer, and then gives back the best weights; it stays the caller's.</summary>
    public Watch? Watch { get; init; }

    /// <summary>The step whose averaged weights the network holds after <see cref="Run"/>: the last, or with a <see cref="Watch"/> the best.</summary>
    public long Kept => Watch?.Best ?? done;

    /// <summary>As <see cref="GradientGuard.Waits"/>; null: as the device wants it.</summary>
    internal bool? Waits { get; init; }

    private Device Device => objective.Network.parameters().First().device;

    /// <summary>
    /// Trains to the last step, or to where the <see cref="Watch"/> ends it, and leaves the averaged weights in the network. Cancelled, it writes
    /// a checkpoint at once, if there is a folder, whatever a step under way is about, and throws <see cref="OperationCanceledException"/>; called again with the same settings, it
    /// goes on from there.
    /// </summary>
    /// <exception cref="TrainingDivergedException">
    /// A step's loss or gradient is not finite. On the CPU the state before it is saved; elsewhere steps are not waited for, so the fault is
    /// found up to 50 steps later, and the checkpoint written last before it stays the newest.
    /// </exception>
    public void Run(IProgress<TrainingProgress>? progress = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        Watch?.Prepare(optimizer.Average());
        done = kept = checkpoint?.Restore(State(), warn ?? (_ => { })) ?? 0;
        using var watch = guard = new GradientGuard(options.GradientLimit, Device, Waits);
        stopped = false;
        objective.Network.train();
        using (var log = folder is null ? null : new LossLog(folder, done))
        // a step of a large network takes seconds: who cancels saves the state that stands
        using (cancellation.Register(Stop))
            Steps(log, progress, cancellation);
        Use(Watch?.Weights() ?? optimizer.Average());
        objective.Network.eval();
    }

    /// <summary>Removes the checkpoint, once the trained model is saved.</summary>
    public void Finish()
    {
        if (folder is not null) Checkpoint.Delete(folder);
    }

    /// <summary>Frees the optimizer's state; the network stays.</summary>
    public void Dispose()
    {
        optimizer.Dispose();
        lossSum.Dispose();
    }

    private void Steps(LossLog? log, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var sinceCheckpoint = Stopwatch.StartNew();
        var sinceReport = Stopwatch.StartNew();
        var sinceCollection = Stopwatch.StartNew();
        long reported = done;
        lock (change) Look(done, cancellation);
        while (done < options.Steps && Watch?.Over(done) != true)
        {
            if (cancellation.IsCancellationRequested) Stop();
            if (stopped) Leave(cancellation);
            using var scope = NewDisposeScope();
            long step = done + 1;
            TrainingProgress? report = null;
            var (loss, gradients) = gradient.At(key.At(step), scope);
            lock (change)
            {
                if (stopped) Leave(cancellation);
                bool sound = Apply(loss, gradients, step);
                done = step;
                if (sound) Look(step, cancellation);
                if (!sound || step % StepsPerReport == 0 || step == options.Steps || Watch?.Over(step) == true)
                {
                    StopAtFault();
                    double rate = (step - reported) / sinceReport.Elapsed.TotalSeconds;
                    report = new TrainingProgress(step, options.Steps, TakeMeanLoss(step), rate, options.RateAt(step), options.BatchSize) { HeldOutDistance = Watch?.Last };
                    log?.Add(report.Value);
                    reported = step;
                    sinceReport.Restart();
                    if (sinceCollection.Elapsed >= CollectEvery)
                    {
                        GC.Collect(0);
                        sinceCollection.Restart();
                    }
                }
                if (Preview is not null && (step % PreviewEvery == 0 || step == options.Steps)) Show(() => Preview(log?.Events, step), cancellation);
                if (sinceCheckpoint.Elapsed >= CheckpointEvery)
                {
                    StopAtFault();
                    Save(step);
                    sinceCheckpoint.Restart();
                }
            }
            // whoever is told may keep this thread waiting, as a pipe that nobody reads does: not while the state is held
            if (report is { } told) progress?.Report(told);
        }
        // a trained state is safe until its model is
        Stop();
        // the look that decides the end was stopped: who goes on makes up for it
        if (Watch?.Due(done, options.Steps) == true) Leave(cancellation);
    }

    /// <summary>Saves the state after the last whole step; called at the end, and by whoever cancels, on their thread.</summary>
    private void Stop()
    {
        lock (change)
        {
            // while a preview shows the averaged weights, the loop saves after it
            if (stopped || showing) return;
            using var scope = NewDisposeScope();
            // what it went on from is there already
            if (guard!.Fault() is null && (done == 0 || kept != done)) Save(done);
            stopped = true;
        }
    }

    private void Leave(CancellationToken cancellation)
    {
        StopAtFault();
        cancellation.ThrowIfCancellationRequested();
    }

    private bool Apply(Tensor loss, Tensor[] gradients, long step)
    {
        if (!guard!.Pass(loss, gradients, step)) return false;
        optimizer.Step(gradients, step, options.RateAt(step), options.AverageDecayAt(step));
        using var quiet = no_grad();
        lossSum.add_(loss);
        return true;
    }

    private void StopAtFault()
    {
        if (guard!.Fault() is not long step) return;
        if (guard.Waits) Save(step - 1);
        throw new TrainingDivergedException(step, kept, folder);
    }

    /// <summary>Only ever of a state that no fault came before: it would be gone on from.</summary>
    private void Save(long step)
    {
        if (checkpoint is null) return;
        checkpoint.Save(step, State());
        kept = step;
    }

    /// <summary>Reads the device once per report, so that no step waits for it.</summary>
    private double TakeMeanLoss(long step)
    {
        using var scope = NewDisposeScope();
        long first = (step - 1) / StepsPerReport * StepsPerReport + 1;
        double loss = lossSum.ToSingle() / (step - first + 1);
        lossSum.zero_();
        return loss;
    }

    private void Look(long step, CancellationToken cancellation)
    {
        if (Watch?.Due(step, options.Steps) != true) return;
        StopAtFault();
        Show(() => Watch.Look(step, optimizer.Average()), cancellation);
    }

    /// <summary>Shows the averaged weights to something, in the network itself.</summary>
    private void Show(Action look, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var weights = objective.Network.parameters().Select(weight => (weight, Trained: weight.clone())).ToList();
        showing = true;
        Use(optimizer.Average());
        objective.Network.eval();
        try
        {
            look();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // a picture less: the steps before it must reach a checkpoint first
        }
        finally
        {
            objective.Network.train();
            foreach (var (weight, trained) in weights) weight.copy_(trained);
            showing = false;
        }
    }

    private void Use(IEnumerable<(string Name, Tensor Value)> averages)
    {
        using var quiet = no_grad();
        var weights = objective.Network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, value) in averages) weights[name].copy_(value);
    }

    private Dictionary<string, Tensor> State()
    {
        var state = StateTensors.Collect(objective.Network).ToDictionary(p => "network." + p.Key, p => p.Value);
        foreach (var (name, value) in optimizer.State()) state.Add("optimizer." + name, value);
        state.Add("loss_sum", lossSum);
        foreach (var (name, value) in Watch?.State() ?? []) state.Add("watch." + name, value);
        return state;
    }
}
