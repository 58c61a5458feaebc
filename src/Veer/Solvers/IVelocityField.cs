namespace Veer.Solvers;

/// <summary>The right-hand side of dx/dt = v(x, t, label). ODE solvers know this and nothing else.</summary>
public interface IVelocityField
{
    /// <summary>Whether it is defined past the end of the interval that is solved: an adaptive solver's last step may then reach there.</summary>
    bool DefinedPastEnd => true;

    /// <summary>v at one time for a whole batch; the answer has the shape of x.</summary>
    /// <param name="x">[B, ...] states.</param>
    /// <param name="t">Time; an adaptive solver's last step may ask past the end of the interval, by as much as its tolerances allow, where it is <see cref="DefinedPastEnd"/>.</param>
    /// <param name="label">[B] int64 classes of the samples.</param>
    Tensor Velocity(Tensor x, double t, Tensor label);
}
