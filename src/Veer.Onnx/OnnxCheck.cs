using Microsoft.ML.OnnxRuntime;
using Veer.Postprocessing;
using Veer.Solvers;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>What ONNX Runtime makes of random samples, against the postprocessor that the file was made of.</summary>
internal sealed class OnnxCheck(Postprocessor postprocessor, OnnxExportOptions options, FixedStepSolver solver)
{
    private const int Samples = 5;

    /// <summary>The time that a velocity is asked at.</summary>
    private const double Time = 0.3;

    /// <summary>Runs a model on the processor.</summary>
    public OnnxDifference Run(byte[] model)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var device = postprocessor.Network.parameters().First().device;
        var samples = RandomKey.From(0, "export").Normal(0, Samples, [.. postprocessor.Shape]);
        if (postprocessor.Standardisation is { } unit) samples = unit.Invert(samples);
        var labels = arange(Samples, ScalarType.Int64).remainder(FlowNodes.ClassesOf(postprocessor, options.Scale));
        using var session = Sessions.Open(settings => new InferenceSession(model, settings));
        var found = options.Velocity
            ? Answer(session, "velocity", ("x", samples), ("t", full(Samples, Time)), ("labels", labels))
            : Answer(session, "repaired", ("samples", samples), ("labels", labels));
        var (x, classes) = (samples.to(device), (options.Scale is { } scale ? postprocessor.Scales!.At(labels, scale) : labels).to(device));
        var expected = (options.Velocity ? postprocessor.Velocity(x, Time, classes) : postprocessor.Apply(x, classes, solver, options.Strength).Samples).cpu();
        double absolute = (found - expected).abs().max().item<float>(), largest = expected.abs().max().item<float>();
        return new(absolute, absolute == 0 ? 0 : absolute / largest);
    }

    /// <summary>What a model gives for the inputs that it has.</summary>
    internal static Tensor Answer(InferenceSession session, string output, params (string Name, Tensor Value)[] inputs)
    {
        using var options = new RunOptions();
        var asked = inputs.Where(input => session.InputNames.Contains(input.Name)).ToList();
        var values = asked.ConvertAll(input => input.Value.dtype == ScalarType.Int64
            ? OrtValue.CreateTensorValueFromMemory(input.Value.data<long>().ToArray(), input.Value.shape)
            : OrtValue.CreateTensorValueFromMemory(input.Value.data<float>().ToArray(), input.Value.shape));
        try
        {
            using var results = session.Run(options, [.. asked.Select(input => input.Name)], values, [output]);
            return tensor(results[0].GetTensorDataAsSpan<float>().ToArray(), results[0].GetTensorTypeAndShape().Shape);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }
}
