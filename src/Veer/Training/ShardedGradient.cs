using TorchSharp;
using TorchSharp.Modules;
using Veer.Networks;
using Veer.Runtime;

namespace Veer.Training;

/// <summary>
/// The loss and its gradient over a batch, in shards of a fixed size, one processor core per shard at a time: the bits do not depend on
/// how many cores there are, and no operation waits for a second core. On an idle machine that is as fast as letting every operation use
/// all cores, on a busy one up to twice as fast (benchmarks/README.md). A batch of one shard is one core's.
/// </summary>
internal sealed class ShardedGradient
{
    /// <summary>Large enough that the work outweighs the calls, small enough that a layer's activations stay in a core's own cache.</summary>
    private const int SmallestShard = 256, LargestShard = 2048;

    /// <summary>An image is as much work as hundreds of points; more in a shard are no faster, and take more memory.</summary>
    private const int LargestShardOfImages = 32;

    private const long DropoutStream = -1;

    private readonly IObjective objective;
    private readonly List<Parameter> parameters;
    private readonly int[] shards;

    /// <param name="objective">Gives the loss of a shard.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="shardSize">
    /// Examples of a shard; on the CPU half the batch within limits, elsewhere the whole batch.
    /// </param>
    public ShardedGradient(IObjective objective, int batchSize, int? shardSize = null)
    {
        this.objective = objective;
        parameters = [.. objective.Network.parameters()];
        int size = shardSize ?? DefaultSize(batchSize);
        shards = [.. Enumerable.Range(0, (batchSize + size - 1) / size).Select(i => Math.Min(size, batchSize - i * size))];
    }

    /// <summary>The mean loss, and its gradients in the parameters' order, attached to the scope.</summary>
    public (Tensor Loss, Tensor[] Gradients) At(RandomKey step, DisposeScope scope)
    {
        var sum = new ShardSum(shards.Length);
        if (shards.Length == 1 && parameters[0].device_type != DeviceType.CPU) sum.Add(0, Shard(step.At(0), shards[0]));
        else InParallel(i => sum.Add(i, Shard(step.At(i), shards[i])));
        var (loss, gradients) = sum.Total;
        scope.Attach(loss);
        scope.Attach(gradients);
        return (loss, gradients);
    }

    private int DefaultSize(int batchSize)
    {
        if (parameters[0].device_type != DeviceType.CPU) return batchSize;
        int half = (batchSize + 1) / 2;
        bool convolves = parameters.Exists(parameter => parameter.Dimensions == 4);
        return convolves ? Math.Min(half, LargestShardOfImages) : Math.Clamp(half, SmallestShard, LargestShard);
    }

    private (Tensor Loss, Tensor[] Gradients) Shard(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        using var dropout = KeyedDropout.From(key.At(DropoutStream));
        var loss = objective.Loss(key, count) * (count / (double)shards.Sum());
        var gradients = autograd.grad([loss], [.. parameters]);
        return (loss.detach().DetachFromDisposeScope(), [.. gradients.Select(g => g.DetachFromDisposeScope())]);
    }

    /// <summary>Every worker takes the next shard until there is none, so that few wait for one before them to be added.</summary>
    private void InParallel(Action<int> work)
    {
        using var threads = Threads.Keep();
        int workers = Math.Min(Threads.Count, shards.Length), taken = -1;
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, (_, state) =>
            {
                using var alone = threads.One();
                for (int i; !state.IsExceptional && (i = Interlocked.Increment(ref taken)) < shards.Length;) work(i);
            });
        }
        catch (AggregateException faults)
        {
            throw faults.InnerExceptions[0];
        }
    }

    /// <summary>Adds up the shards' parts in their order, whatever order they come in: floating-point sums depend on it.</summary>
    private sealed class ShardSum(int count)
    {
        private readonly (Tensor Loss, Tensor[] Gradients)?[] waiting = new (Tensor, Tensor[])?[count];
        private int added;

        /// <summary>Once every part is added.</summary>
        public (Tensor Loss, Tensor[] Gradients) Total { get; private set; }

        public void Add(int shard, (Tensor Loss, Tensor[] Gradients) part)
        {
            lock (waiting)
            {
                waiting[shard] = part;
                for (; added < count && waiting[added] is { } next; added++)
                {
                    if (added == 0) Total = next;
                    else Add(next);
                    waiting[added] = null;
                }
            }
        }

        private void Add((Tensor Loss, Tensor[] Gradients) part)
        {
            using var quiet = no_grad();
            Total.Loss.add_(part.Loss);
            part.Loss.Dispose();
            foreach (var (sum, gradient) in Total.Gradients.Zip(part.Gradients))
            {
                sum.add_(gradient);
                gradient.Dispose();
            }
        }
    }
}
