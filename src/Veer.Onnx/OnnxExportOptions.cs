using Veer.Postprocessing;
using Veer.Solvers;

namespace Veer.Onnx;

/// <summary>What an exported file does with samples.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>How far along the flow the samples are carried, 0 to 1.</summary>
    public double Strength { get; init; } = 1;

    /// <summary><see cref="Euler"/> or <see cref="Heun"/>, whose steps are written out; that of <see cref="Postprocessor.Apply(TorchSharp.torch.Tensor, IOdeSolver?, double, CancellationToken)"/>, if not given.</summary>
    public FixedStepSolver? Solver { get; init; }

    /// <summary>Of a postprocessor that is told guidance scales (<see cref="Postprocessor.Scales"/>) the one of the samples: labels are their classes then. Not given, labels tell the scale too.</summary>
    public double? Scale { get; init; }

    /// <summary>The velocity v(x, t) alone, for a solver of one's own; then strength and solver are not looked at.</summary>
    public bool Velocity { get; init; }
}
