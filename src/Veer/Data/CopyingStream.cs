using Veer.Formats;

namespace Veer.Data;

/// <summary>Reads through another stream and writes all that passes into a third.</summary>
/// <param name="source">Read from; stays open.</param>
/// <param name="copy">Written to; stays open.</param>
/// <param name="most">Bytes that may pass.</param>
/// <param name="passed">Is told how many have passed.</param>
internal sealed class CopyingStream(Stream source, Stream copy, long most, Action<long> passed) : ForwardStream
{
    private long total;

    /// <exception cref="InvalidDataException">More than the allowed number of bytes pass.</exception>
    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(buffer);
        copy.Write(buffer[..count]);
        total += count;
        passed(total);
        return total <= most ? count : throw new InvalidDataException($"more than {most} bytes");
    }
}
