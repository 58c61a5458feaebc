using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Veer.Features;
using Veer.Formats;
using static TorchSharp.torch;

using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Veer.Onnx;

/// <summary>One ONNX model in ONNX Runtime: one input of images, one output of them that is asked for.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly string path, input, output;
    private readonly TensorElementType elements;

    private OnnxModel(string path, InferenceSession session, ExtractorDescription description)
    {
        (this.path, this.session) = (path, session);
        if (session.InputNames.Count != 1)
            throw new InputException(path, "inputs", string.Join(", ", session.InputNames), "one, of images");
        input = session.InputNames[0];
        elements = description.Range == "uint8" ? TensorElementType.UInt8 : TensorElementType.Float;
        CheckInput(session.InputMetadata[input], description);
        output = Output(session, description.Output);
        // what dimensions without a number stand for, an export says by -1
        int batch = session.InputMetadata[input].Dimensions[0];
        BatchSize = batch > 0 ? batch : null;
    }

    /// <summary>The number of images that it takes at a time; null if it takes any.</summary>
    public long? BatchSize { get; }

    /// <summary>Opens a model and checks it against its description.</summary>
    /// <exception cref="InputException">It is none, or does not fit.</exception>
    public static OnnxModel Open(string path, ExtractorDescription description)
    {
        InferenceSession session;
        try
        {
            session = Sessions.Open(settings => new(path, settings));
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InputException(path, "file", fault.Message, "an ONNX model");
        }
        return session.OrDispose(session => new OnnxModel(path, session, description));
    }

    /// <summary>Runs the model.</summary>
    /// <param name="images">[B, C, H, W] float32 or uint8, contiguous, on the CPU; B at most <see cref="BatchSize"/>.</param>
    /// <returns>[B, ...] float32.</returns>
    /// <exception cref="InputException">The model fails, or its output is of another type.</exception>
    public Tensor Run(Tensor images)
    {
        using var scope = NewDisposeScope();
        long count = images.shape[0], missing = (BatchSize ?? count) - count;
        var batch = missing == 0 ? images : cat([images, images.narrow(0, 0, 1).expand(missing, -1, -1, -1)]);
        try
        {
            using var value = Wrap(batch);
            using var results = session.Run(options, [input], [value], [output]);
            var result = results[0].GetTensorTypeAndShape();
            if (result.ElementDataType != TensorElementType.Float)
                throw new InputException(path, $"output '{output}'", $"elements of type {NameOf(result.ElementDataType)}", "float32");
            var copy = empty(result.Shape, ScalarType.Float32);
            MemoryMarshal.AsBytes(results[0].GetTensorDataAsSpan<float>()).CopyTo(copy.bytes);
            return (missing == 0 ? copy : copy.narrow(0, 0, count)).MoveToOuterDisposeScope();
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InputException(path, "model", fault.Message, $"one that takes {ElementType.Describe(batch)}");
        }
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        session.Dispose();
        options.Dispose();
    }

    private unsafe OrtValue Wrap(Tensor batch)
    {
        var bytes = batch.bytes;
        // the tensor's own memory: its dispose scope keeps it until the model has run
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, elements, batch.shape, address, bytes.Length);
    }

    private void CheckInput(NodeMetadata node, ExtractorDescription description)
    {
        string type = node.IsTensor ? NameOf(node.ElementDataType) : $"{node.OnnxValueType}";
        if (type != NameOf(elements)) throw new InputException(path, $"input '{input}'", type, $"{NameOf(elements)}, for the range '{description.Range}'");
        int[] shape = node.Dimensions;
        int side = description.InputSize ?? -1;
        int[] fed = [-1, description.Channels, side, side];
        // -1 is any size, on either side
        bool fits = shape.Length == fed.Length
            && shape.Zip(fed).All(pair => pair.First == pair.Second || pair.First < 0 || pair.Second < 0);
        if (!fits) throw new InputException(path, $"input '{input}'", Text(shape), $"{Text(fed)}, as its description says (-1 is any)");
    }

    private string Output(InferenceSession session, string? name)
    {
        var all = session.OutputNames;
        if (name is null && all.Count == 1) return all[0];
        if (name is not null && all.Contains(name)) return name;
        throw new InputException(path, "output", name is null ? "none named" : $"'{name}'", $"one of {string.Join(", ", all)}");
    }

    /// <summary>As NumPy calls it, and as all other messages do.</summary>
    private static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float32",
        TensorElementType.Double => "float64",
        _ => $"{type}".ToLowerInvariant(),
    };

    private static string Text(int[] shape) => $"[{string.Join(", ", shape)}]";
}
