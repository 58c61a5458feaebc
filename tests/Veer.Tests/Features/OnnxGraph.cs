using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>Builds a small ONNX model, field by field as onnx.proto numbers them.</summary>
internal sealed class OnnxGraph
{
    private const int Float = 1, Byte = 2, Int64 = 7; // TensorProto.DataType
    private const int FloatAttribute = 1, IntAttribute = 2, IntsAttribute = 7; // AttributeProto.AttributeType
    private const int FormatVersion = 8, OperatorSet = 17;

    private readonly ProtobufMessage graph = new ProtobufMessage().Text(2, "graph");

    /// <summary>An input or an output; a side is a number, or a name where it may be any.</summary>
    public OnnxGraph Input(string name, params object[] sides) => Value(11, name, Float, sides);

    public OnnxGraph ByteInput(string name, params object[] sides) => Value(11, name, Byte, sides);

    public OnnxGraph Output(string name, params object[] sides) => Value(12, name, Float, sides);

    public OnnxGraph IntegerOutput(string name, params object[] sides) => Value(12, name, Int64, sides);

    public OnnxGraph Weight(string name, Tensor values)
    {
        var proto = new ProtobufMessage();
        foreach (long side in values.shape) proto.Number(1, side);
        proto.Number(2, values.dtype == ScalarType.Int64 ? Int64 : Float).Text(8, name).Bytes(9, values.contiguous().bytes);
        graph.Message(5, proto);
        return this;
    }

    public OnnxGraph Node(string operation, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new ProtobufMessage();
        foreach (string input in inputs) node.Text(1, input);
        node.Text(2, output).Text(4, operation);
        foreach (var (name, value) in attributes)
        {
            var attribute = new ProtobufMessage().Text(1, name);
            switch (value)
            {
                case float number:
                    attribute.Float(2, number).Number(20, FloatAttribute);
                    break;
                case int number:
                    attribute.Number(3, number).Number(20, IntAttribute);
                    break;
                case int[] numbers:
                    foreach (int number in numbers) attribute.Number(8, number);
                    attribute.Number(20, IntsAttribute);
                    break;
            }
            node.Message(5, attribute);
        }
        graph.Message(1, node);
        return this;
    }

    public byte[] ToBytes() => new ProtobufMessage()
        .Number(1, FormatVersion)
        .Message(8, new ProtobufMessage().Text(1, "").Number(2, OperatorSet))
        .Message(7, graph)
        .ToBytes();

    private OnnxGraph Value(int field, string name, int type, object[] sides)
    {
        var shape = new ProtobufMessage();
        foreach (object side in sides)
            shape.Message(1, side is string any ? new ProtobufMessage().Text(2, any) : new ProtobufMessage().Number(1, (int)side));
        var tensor = new ProtobufMessage().Number(1, type).Message(2, shape);
        graph.Message(field, new ProtobufMessage().Text(1, name).Message(2, new ProtobufMessage().Message(1, tensor)));
        return this;
    }
}
