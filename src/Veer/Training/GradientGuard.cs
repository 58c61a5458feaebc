using System.Numerics;
using System.Runtime.CompilerServices;

namespace Veer.Training;

/// <summary>
/// Stands between gradients and weights: shortens gradients beyond a limit, and lets nothing through of a step whose loss or gradient is
/// not finite, or whose gradient's norm is not: its square would spoil the optimizer's moments for good. Where the weights are out of the
/// processor's reach it remembers such a step on the device, so that no step waits for it.
/// </summary>
/// <param name="limit">The longest norm that passes whole; null: any finite one.</param>
/// <param name="device">Where the gradients are.</param>
/// <param name="waits">Whether each step is looked at, in the processor's own memory; by default on the CPU, where nothing is waited for.</param>
internal sealed class GradientGuard(double? limit, Device device, bool? waits = null) : IDisposable
{
    private const long None = long.MaxValue;

    private readonly Tensor fault = full(1, None, ScalarType.Int64, device).DetachFromDisposeScope();

    /// <summary>Whether a step that is not let through is told at once, so that nothing was applied after it.</summary>
    public bool Waits { get; } = waits ?? device.type == TorchSharp.DeviceType.CPU;

    /// <summary>Guards the gradients of a step, in place.</summary>
    /// <returns>Whether they may be applied; where steps are not waited for, always, and faulty ones are zero.</returns>
    public bool Pass(Tensor loss, IReadOnlyList<Tensor> gradients, long step)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var sound = loss.isfinite();
        if (limit is not null || !Waits)
        {
            var norm = stack([.. gradients.Select(gradient => gradient.norm())]).norm();
            sound = sound.logical_and(norm.isfinite());
            if (limit is double longest)
            {
                var factor = (longest / norm).clamp_max(1);
                foreach (var gradient in gradients) gradient.mul_(factor);
            }
        }
        if (Waits)
        {
            if (sound.item<bool>() && (limit is not null || gradients.All(IsSound))) return true;
            fault.clamp_max_(step);
            return false;
        }
        fault.copy_(where(sound, fault, fault.clamp_max(step)));
        var faulty = sound.logical_not();
        foreach (var gradient in gradients) gradient.masked_fill_(faulty, 0);
        return true;
    }

    /// <summary>The first step that was not let through; null if there was none. Waits for the device.</summary>
    public long? Fault()
    {
        using var scope = NewDisposeScope();
        long step = fault.cpu().item<long>();
        return step == None ? null : step;
    }

    public void Dispose() => fault.Dispose();

    /// <summary>Whether the sum of squares is finite: one pass over memory, a tenth of what AdamW takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsSound(Tensor gradient)
    {
        using var dense = gradient.contiguous();
        var values = AdamW.Memory(dense);
        var sums = Vector<float>.Zero;
        int at = 0;
        for (; at <= values.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            var next = new Vector<float>(values[at..]);
            sums += next * next;
        }
        float sum = Vector.Sum(sums);
        for (; at < values.Length; at++) sum += values[at] * values[at];
        return float.IsFinite(sum);
    }
}
