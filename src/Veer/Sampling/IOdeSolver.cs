using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>Integrates dx/dt = v(x, t, label) for a whole batch, without recording gradients.</summary>
public interface IOdeSolver
{
    /// <summary>Carries <paramref name="x0"/> from one time to another; either direction.</summary>
    /// <param name="field">The right-hand side.</param>
    /// <param name="x0">[B, ...] float32 or float64; the answer keeps its type. It is not changed.</param>
    /// <param name="label">[B] int64, handed on to the field.</param>
    /// <param name="from">Start time.</param>
    /// <param name="to">End time.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>The end state, or the last good one with its time and the reason: numerical trouble never throws.</returns>
    OdeResult Solve(IVelocityField field, Tensor x0, Tensor label, double from, double to, CancellationToken cancellation = default);
}
