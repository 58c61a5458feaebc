using System.Text.Json;
using Google.Protobuf;
using Onnx;
using Veer.Formats;
using Veer.Networks;
using Veer.Postprocessing;
using Veer.Runtime;
using Veer.Solvers;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>Postprocessors as ONNX files, which run without this library: in browsers, phones, other languages (docs/export.md).</summary>
public static class OnnxExport
{
    /// <summary>The largest relative difference that rounding explains.</summary>
    internal const double MostDifference = 1e-4;

    // ONNX of 2021: what every runtime of today reads, and has all operations that are used
    private const long FormatVersion = 8, OperatorSet = 17;

    // a protobuf message ends at 2 GB; the nodes take their part
    private const long MostWeights = int.MaxValue - (1L << 27);

    /// <summary>
    /// Writes a postprocessor to an ONNX file, once ONNX Runtime has shown that the file gives what the postprocessor gives. Inputs are
    /// <c>samples</c>, float32 [batch, D] or [batch, C, H, W], and, of more than one class, <c>labels</c>, int64 [batch]; the output is <c>repaired</c>. Of a
    /// velocity alone they are <c>x</c>, <c>t</c> (float32 [batch], each 0 to 1) and <c>labels</c>; the output is <c>velocity</c>.
    /// Equal postprocessors and options give equal bytes.
    /// </summary>
    /// <param name="postprocessor">Its network is an MLP, or a UNet of images of a known size, which calculates in float32.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="options">Strength and solver; the whole flow, if not given.</param>
    /// <returns>How far the file's answer is from the postprocessor's own.</returns>
    /// <exception cref="InputException">The network is of another kind, calculates in bfloat16, or is larger than an ONNX file can be.</exception>
    /// <exception cref="OnnxDifferenceException">The difference is larger than rounding explains; nothing is written.</exception>
    public static OnnxDifference Write(Postprocessor postprocessor, string path, OnnxExportOptions? options = null)
    {
        options ??= new();
        if (options.Strength is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(options), options.Strength, "expected a strength of 0 to 1");
        if (options.Scale is { } scale && (postprocessor.Scales is null || !double.IsFinite(scale))) throw new ArgumentOutOfRangeException(nameof(options), scale, "expected none, or a finite one of a postprocessor that is told scales");
        using var scope = NewDisposeScope();
        var solver = (FixedStepSolver)postprocessor.SolverFor(options.Solver);
        if (solver is not (Euler or Heun)) throw new ArgumentException($"expected Euler or Heun, not {solver.GetType().Name}", nameof(options));
        if (postprocessor.Network is IMixedPrecision { Compute: not Precision.Float32 })
            throw new InputException("postprocessor", "precision", "bfloat16", "float32, which the file has");
        RequireSize(path, postprocessor.Network.parameters().Sum(weight => weight.numel()) * sizeof(float));
        byte[] model = Model(postprocessor, options, solver).ToByteArray();
        var difference = new OnnxCheck(postprocessor, options, solver).Run(model);
        // a difference that is no number is one too
        if (!(difference.Relative <= MostDifference))
        {
            throw new OnnxDifferenceException(FormattableString.Invariant(
                $"{path} is not written: ONNX Runtime's answer differs by {difference.Relative:g2} of the largest number, more than {MostDifference:g2}"));
        }
        AtomicFile.Write(path, stream => stream.Write(model));
        return difference;
    }

    /// <summary>Refuses weights that no ONNX file can hold.</summary>
    internal static void RequireSize(string path, long bytes)
    {
        if (bytes > MostWeights)
            throw new InputException(path, "size", FormattableString.Invariant($"{bytes / 1e9:f1} GB of weights"), "less than 2 GB, where an ONNX file ends");
    }

    private static ModelProto Model(Postprocessor postprocessor, OnnxExportOptions options, FixedStepSolver solver)
    {
        string version = typeof(OnnxExport).Assembly.GetName().Version!.ToString(3);
        var flow = new FlowNodes(postprocessor, options.Scale);
        List<(string Key, string Value)> facts = [("shape", string.Join(',', postprocessor.Shape)), ("classes", $"{flow.Classes}"), ("veer", version)];
        if (postprocessor.ClassNames is { } names) facts.Add(("class_names", JsonSerializer.Serialize(names)));
        if (options.Scale is { } known) facts.Add(("scale", FormattableString.Invariant($"{known}")));
        else if (postprocessor.Scales is { } told) facts.Add(("scales", string.Join(',', told.Scales.Select(scale => FormattableString.Invariant($"{scale}")))));
        if (!options.Velocity)
        {
            facts.AddRange([
                ("strength", FormattableString.Invariant($"{options.Strength}")),
                ("solver", solver is Heun ? Heun.Kind.Name : Euler.Kind.Name),
                ("steps", $"{solver.Steps}"),
            ]);
        }
        return new()
        {
            IrVersion = FormatVersion,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            ProducerName = "veer",
            ProducerVersion = version,
            Graph = options.Velocity ? flow.Velocity() : flow.Repair(solver, options.Strength),
            MetadataProps = { facts.Select(fact => new StringStringEntryProto { Key = fact.Key, Value = fact.Value }) },
        };
    }
}
