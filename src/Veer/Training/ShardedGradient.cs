using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>
/// The loss and its gradient over a batch, in shards of a fixed size, one processor core per shard at a time: the bits do not depend on
/// how many cores there are, and no operation waits for a second core. On an idle machine that is as fast as letting every operation use
/// all cores, on a busy one up to twice as fast (benchmarks/README.md).
/// </summary>
internal sealed class ShardedGradient
{
    /// <summary>Large enough that the work outweighs the calls, small enough that a layer's activations stay in a core's own cache.</summary>
    private const int SmallestShard = 256, LargestShard = 2048;

    private readonly IObjective objective;
    private readonly List<Parameter> parameters;
    private readonly int[] shards;

    /// <param name="objective">Gives the loss of a shard.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="shardSize">Examples of a shard; on the CPU half the batch within limits, elsewhere the whole batch.</param>
    public ShardedGradient(IObjective objective, int batchSize, int? shardSize = null)
    {
        this.objective = objective;
        parameters = [.. objective.Network.parameters()];
        bool cpu = parameters[0].device_type == DeviceType.CPU;
        int size = shardSize ?? (cpu ? Math.Clamp((batchSize + 1) / 2, SmallestShard, LargestShard) : batchSize);
        shards = [.. Enumerable.Range(0, (batchSize + size - 1) / size).Select(i => Math.Min(size, batchSize - i * size))];
    }

    /// <summary>The mean loss, and its gradients in the parameters' order, attached to the scope.</summary>
    public (Tensor Loss, Tensor[] Gradients) At(RandomKey step, DisposeScope scope)
    {
        var parts = new (Tensor Loss, Tensor[] Gradients)[shards.Length];
        if (shards.Length == 1) parts[0] = Shard(step.At(0), shards[0]);
        else InParallel(i => parts[i] = Shard(step.At(i), shards[i]));
        using var quiet = no_grad();
        for (int i = 1; i < parts.Length; i++)
        {
            parts[0].Loss.add_(parts[i].Loss);
            for (int p = 0; p < parameters.Count; p++) parts[0].Gradients[p].add_(parts[i].Gradients[p]);
            parts[i].Loss.Dispose();
            foreach (var gradient in parts[i].Gradients) gradient.Dispose();
        }
        scope.Attach(parts[0].Loss);
        scope.Attach(parts[0].Gradients);
        return parts[0];
    }

    private (Tensor Loss, Tensor[] Gradients) Shard(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        var loss = objective.Loss(key, count) * (count / (double)shards.Sum());
        var gradients = autograd.grad([loss], [.. parameters]);
        return (loss.detach().DetachFromDisposeScope(), [.. gradients.Select(g => g.DetachFromDisposeScope())]);
    }

    private void InParallel(Action<int> work)
    {
        int threads = get_num_threads();
        try
        {
            Parallel.For(0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                set_num_threads(1);
                work(i);
            });
        }
        catch (AggregateException faults)
        {
            throw faults.InnerExceptions[0];
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
