using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>
/// Stands between gradients and weights: shortens gradients beyond a limit, and lets nothing through of a step whose loss or gradient is
/// not finite. Where the weights are out of the processor's reach it remembers such a step on the device, so that no step waits for it.
/// </summary>
internal sealed class GradientGuard : IDisposable
{
    private const long None = long.MaxValue;

    private readonly double? limit;
    private readonly bool waits;
    private readonly Tensor fault;

    /// <param name="limit">The longest norm that passes whole; null: any finite one.</param>
    /// <param name="device">Where the gradients are.</param>
    /// <param name="waits">Whether each step is looked at; by default on the CPU, where nothing is waited for.</param>
    public GradientGuard(double? limit, Device device, bool? waits = null)
    {
        this.limit = limit;
        this.waits = waits ?? device.type == TorchSharp.DeviceType.CPU;
        fault = full(1, None, ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>Guards the gradients of a step, in place.</summary>
    /// <returns>Whether they may be applied; where steps are not waited for, always, and faulty ones are zero.</returns>
    public bool Pass(Tensor loss, IReadOnlyList<Tensor> gradients, long step)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var sound = loss.isfinite();
        if (limit is double longest)
        {
            var norm = stack([.. gradients.Select(gradient => gradient.norm())]).norm();
            sound = sound.logical_and(norm.isfinite());
            var factor = (longest / norm).clamp_max(1);
            foreach (var gradient in gradients) gradient.mul_(factor);
        }
        if (waits)
        {
            if (sound.item<bool>()) return true;
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
}
