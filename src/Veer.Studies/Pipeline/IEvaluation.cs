using Veer.Data;
using Veer.Studies.Reporting;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Measures samples against held-out real points.</summary>
internal interface IEvaluation
{
    /// <summary>What the numbers rest on, where it is more than the points themselves.</summary>
    IReadOnlyDictionary<string, string>? Fingerprint { get; }

    /// <summary>Every number of one set of samples, per class where that makes sense and over all classes.</summary>
    Measured Measure(string guidance, double scale, string stage, LabeledData samples);

    /// <summary>What real points that are no samples come to, measured like samples: the floor of each number.</summary>
    IReadOnlyList<ResultRow> Floor();

    /// <summary>How far samples are from the training points: what the strength of a postprocessor is chosen by, so that held-out points stay unseen.</summary>
    double DistanceToTraining(LabeledData samples);
}

/// <summary>What was measured.</summary>
/// <param name="Rows">The numbers of the set.</param>
/// <param name="Each">What is known of each sample by itself: arrays [N] by what comes behind the stage in their names; empty where nothing is.</param>
internal sealed record Measured(IReadOnlyList<ResultRow> Rows, IReadOnlyDictionary<string, Tensor> Each);
