namespace Veer.Data;

/// <summary>Reads through another stream and writes all that passes into a third.</summary>
/// <param name="source">Read from; stays open.</param>
/// <param name="copy">Written to; stays open.</param>
/// <param name="most">Bytes that may pass.</param>
/// <param name="passed">Is told how many have passed.</param>
internal sealed class CopyingStream(Stream source, Stream copy, long most, Action<long> passed) : Stream
{
    private long total;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">More than the allowed number of bytes pass.</exception>
    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(buffer);
        copy.Write(buffer[..count]);
        total += count;
        passed(total);
        return total <= most ? count : throw new InvalidDataException($"more than {most} bytes");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
