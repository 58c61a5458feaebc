using System.Text;

namespace Veer.Tests.Features;

/// <summary>Writes the fields of one protobuf message: numbers, texts, bytes and messages are all that ONNX files need.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, Length = 2, FixedFloat = 5;

    private readonly MemoryStream bytes = new();

    public byte[] ToBytes() => bytes.ToArray();

    public ProtobufMessage Number(int field, long value)
    {
        Write((ulong)(field << 3 | Varint));
        Write((ulong)value);
        return this;
    }

    public ProtobufMessage Float(int field, float value)
    {
        Write((ulong)(field << 3 | FixedFloat));
        bytes.Write(BitConverter.GetBytes(value));
        return this;
    }

    public ProtobufMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Message(int field, ProtobufMessage value) => Bytes(field, value.ToBytes());

    public ProtobufMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Write((ulong)(field << 3 | Length));
        Write((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    private void Write(ulong value)
    {
        for (; value > 0x7f; value >>= 7) bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }
}
