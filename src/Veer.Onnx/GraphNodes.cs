using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>
/// Builds a graph, node by node. Every value is known by its name; weights are kept once, however often they are asked for. The same calls give
/// the same bytes.
/// </summary>
internal sealed class GraphNodes
{
    private readonly HashSet<string> kept = [];

    /// <summary>What has been built.</summary>
    public GraphProto Graph { get; } = new();

    /// <summary>An input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its elements.</param>
    /// <param name="shape">The shape of an element of the batch.</param>
    public string Input(string name, TensorProto.Types.DataType type, params IEnumerable<long> shape)
    {
        Graph.Input.Add(Value(name, type, shape));
        return name;
    }

    /// <summary>Gives a value, of float32, to the outside under a name.</summary>
    public void Output(string name, string value, params IEnumerable<long> shape)
    {
        Graph.Node.Add(new NodeProto { Name = name, OpType = "Identity", Input = { value }, Output = { name } });
        Graph.Output.Add(Value(name, TensorProto.Types.DataType.Float, shape));
    }

    /// <summary>The result of an operation of the standard set.</summary>
    /// <param name="operation">Its name in the ONNX standard.</param>
    /// <param name="inputs">Values; an empty name where one is left out.</param>
    /// <param name="attributes">A long, a float, a string or several longs each.</param>
    public string Node(string operation, string[] inputs, params (string Name, object Value)[] attributes)
    {
        string name = $"{operation}_{Graph.Node.Count}";
        Graph.Node.Add(new NodeProto { Name = name, OpType = operation, Input = { inputs }, Output = { name }, Attribute = { attributes.Select(Attribute) } });
        return name;
    }

    /// <summary>A constant of float32: made at the first call with its name.</summary>
    public string Weight(string name, Func<Tensor> values)
    {
        if (!kept.Add(name)) return name;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var dense = values().to(ScalarType.Float32).cpu().contiguous();
        Keep(name, TensorProto.Types.DataType.Float, dense.shape, ByteString.CopyFrom(dense.bytes));
        return name;
    }

    /// <summary>A number.</summary>
    public string Number(double value) => Weight(FormattableString.Invariant($"{(float)value:r}"), () => tensor((float)value));

    /// <summary>Whole numbers: shapes, axes, labels.</summary>
    public string Whole(params long[] values)
    {
        string name = $"[{string.Join(", ", values)}]";
        if (kept.Add(name)) Keep(name, TensorProto.Types.DataType.Int64, [values.Length], ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)));
        return name;
    }

    /// <summary>A row of float64: made at the first call with its name.</summary>
    public string Exact(string name, IEnumerable<double> values)
    {
        double[] row = [.. values];
        if (kept.Add(name)) Keep(name, TensorProto.Types.DataType.Double, [row.Length], ByteString.CopyFrom(MemoryMarshal.AsBytes<double>(row)));
        return name;
    }

    /// <summary>The same values in another type.</summary>
    public string Cast(string x, TensorProto.Types.DataType type) => Node("Cast", [x], ("to", (long)type));

    public string Add(string a, string b) => Node("Add", [a, b]);

    public string Multiply(string a, string b) => Node("Mul", [a, b]);

    public string Product(string a, string b) => Node("MatMul", [a, b]);

    /// <summary>x · sigmoid(x).</summary>
    public string Silu(string x) => Multiply(x, Node("Sigmoid", [x]));

    public string Concatenate(params string[] parts) => Node("Concat", parts, ("axis", 1L));

    /// <summary>Another shape; 0 keeps a side, one side may be -1.</summary>
    public string Reshape(string x, params long[] shape) => Node("Reshape", [x, Whole(shape)]);

    public string Transpose(string x, params long[] order) => Node("Transpose", [x], ("perm", order));

    /// <summary>Rows of a table, [N, width] of [N] whole numbers.</summary>
    public string Rows(string table, string numbers) => Node("Gather", [table, numbers], ("axis", 0L));

    private void Keep(string name, TensorProto.Types.DataType type, long[] shape, ByteString bytes) =>
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)type, Dims = { shape }, RawData = bytes });

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, IEnumerable<long> shape)
    {
        var sides = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        sides.Dim.AddRange(shape.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
        return new() { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = sides } } };
    }

    private static AttributeProto Attribute((string Name, object Value) attribute)
    {
        var proto = new AttributeProto { Name = attribute.Name };
        switch (attribute.Value)
        {
            case long number:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case float number:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, number);
                break;
            case string text:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] numbers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.AddRange(numbers);
                break;
            default:
                throw new ArgumentException($"an attribute of type {attribute.Value.GetType()}", nameof(attribute));
        }
        return proto;
    }
}
