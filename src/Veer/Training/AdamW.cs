using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Modules;
using Veer.Runtime;

namespace Veer.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) and the exponential moving average of the weights, in one pass over each
/// parameter: torch's own optimizer takes a dozen passes and as many allocations. Deterministic for any number of threads.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const float FirstDecay = 0.9f;
    private const float SecondDecay = 0.999f;
    private const float Epsilon = 1e-8f;

    /// <summary>Numbers that one core updates at a time: their memory is what an update takes, and every core reaches some of it.</summary>
    private const int Piece = 1 << 16;

    private readonly IReadOnlyList<(string Name, Parameter Weight)> parameters;
    private readonly Tensor[] first, second, average;
    private readonly (int Parameter, int From)[] pieces;

    /// <param name="parameters">Names and weights (float32, contiguous).</param>
    /// <param name="weightDecay">Decoupled weight decay, at least 0.</param>
    public AdamW(IEnumerable<(string Name, Parameter Weight)> parameters, double weightDecay = 0)
    {
        this.parameters = [.. parameters];
        WeightDecay = weightDecay;
        using var quiet = no_grad();
        first = [.. this.parameters.Select(p => zeros_like(p.Weight).DetachFromDisposeScope())];
        second = [.. this.parameters.Select(p => zeros_like(p.Weight).DetachFromDisposeScope())];
        average = [.. this.parameters.Select(p => p.Weight.detach().clone().DetachFromDisposeScope())];
        pieces = [.. from i in Enumerable.Range(0, first.Length) from piece in Enumerable.Range(0, (int)((first[i].numel() + Piece - 1) / Piece)) select (i, piece * Piece)];
        InOnePass = this.parameters.All(p => p.Weight.device_type == TorchSharp.DeviceType.CPU);
    }

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether an update walks the weights' memory; else it is made of tensor operations, for memory out of the processor's reach.</summary>
    internal bool InOnePass { get; init; }

    /// <summary>The whole state by name ("average.NAME", "first.NAME", "second.NAME"); the tensors are live.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            yield return ("average." + parameters[i].Name, average[i]);
            yield return ("first." + parameters[i].Name, first[i]);
            yield return ("second." + parameters[i].Name, second[i]);
        }
    }

    /// <summary>The averaged weights by parameter name; the tensors are live.</summary>
    public IEnumerable<(string Name, Tensor Value)> Average() => parameters.Select((p, i) => (p.Name, average[i]));

    /// <summary>One update.</summary>
    /// <param name="gradients">One per parameter, in their order.</param>
    /// <param name="step">Number of this update, from 1.</param>
    /// <param name="learningRate">Learning rate.</param>
    /// <param name="averageDecay">Decay of the moving average at this step; 0 copies the weights.</param>
    public void Step(IReadOnlyList<Tensor> gradients, long step, double learningRate, double averageDecay)
    {
        double correction1 = 1 - Math.Pow(FirstDecay, step), correction2 = 1 - Math.Pow(SecondDecay, step);
        var rate = new Rates(
            (float)(learningRate / correction1), (float)(1 / Math.Sqrt(correction2)), (float)(1 - learningRate * WeightDecay), (float)(1 - averageDecay));
        using var quiet = no_grad();
        if (InOnePass) OnAllCores(gradients, rate);
        else for (int i = 0; i < parameters.Count; i++) Tensors(parameters[i].Weight, gradients[i], i, rate);
    }

    /// <summary>Frees the moments and the average; the weights are their network's.</summary>
    public void Dispose()
    {
        foreach (var tensor in first.Concat(second).Concat(average)) tensor.Dispose();
    }

    private readonly record struct Rates(float Step, float RootCorrection, float Keep, float Average);

    private void OnAllCores(IReadOnlyList<Tensor> gradients, Rates rate)
    {
        using var scope = NewDisposeScope();
        Tensor[] dense = [.. gradients.Select(gradient => gradient.contiguous())];
        long numbers = dense.Sum(gradient => gradient.numel());
        if (Threads.Count == 1 || numbers <= Piece)
        {
            foreach (var (i, from) in pieces) Fused(i, dense[i], from, rate);
        }
        else
        {
            Parallel.ForEach(pieces, new ParallelOptions { MaxDegreeOfParallelism = Threads.Count }, piece => Fused(piece.Parameter, dense[piece.Parameter], piece.From, rate));
        }
    }

    // optimised from the start: a short call's loop is not always found to be worth it
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fused(int i, Tensor gradient, int from, Rates rate)
    {
        int count = Math.Min(Piece, (int)gradient.numel() - from), at = 0;
        Span<float> Part(Tensor tensor) => Memory(tensor).Slice(from, count);
        var w = Part(parameters[i].Weight);
        var g = Part(gradient);
        var m = Part(first[i]);
        var v = Part(second[i]);
        var a = Part(average[i]);
        for (; at <= count - Vector<float>.Count; at += Vector<float>.Count)
        {
            var gradients = new Vector<float>(g[at..]);
            var moment = new Vector<float>(m[at..]) * FirstDecay + gradients * (1 - FirstDecay);
            var square = new Vector<float>(v[at..]) * SecondDecay + gradients * gradients * (1 - SecondDecay);
            var next = new Vector<float>(w[at..]) * rate.Keep
                - moment * rate.Step / (Vector.SquareRoot(square) * rate.RootCorrection + new Vector<float>(Epsilon));
            var mean = new Vector<float>(a[at..]);
            moment.CopyTo(m[at..]);
            square.CopyTo(v[at..]);
            next.CopyTo(w[at..]);
            (mean + (next - mean) * rate.Average).CopyTo(a[at..]);
        }
        for (; at < count; at++)
        {
            m[at] = m[at] * FirstDecay + g[at] * (1 - FirstDecay);
            v[at] = v[at] * SecondDecay + g[at] * g[at] * (1 - SecondDecay);
            w[at] = w[at] * rate.Keep - m[at] * rate.Step / (MathF.Sqrt(v[at]) * rate.RootCorrection + Epsilon);
            a[at] += (w[at] - a[at]) * rate.Average;
        }
    }

    /// <summary>The tensor's own memory.</summary>
    internal static Span<float> Memory(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The same update by tensor operations.</summary>
    private void Tensors(Tensor weight, Tensor gradient, int i, Rates rate)
    {
        using var scope = NewDisposeScope();
        first[i].lerp_(gradient, 1 - FirstDecay);
        second[i].mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
        weight.mul_(rate.Keep).addcdiv_(first[i], second[i].sqrt().mul_(rate.RootCorrection).add_(Epsilon), -rate.Step);
        average[i].lerp_(weight, rate.Average);
    }
}
