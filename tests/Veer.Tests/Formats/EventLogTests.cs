using System.Buffers.Binary;
using Tensorboard;
using Veer.Formats;
using Xunit;

namespace Veer.Tests.Formats;

public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_checksum_of_this_test_is_CRC_32C() => Assert.Equal(0xE3069283, Crc32C("123456789"u8));

    [Fact]
    public void Scalars_are_whole_records_before_the_file_is_closed()
    {
        double before = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        using var log = EventLog.Open(Path.Combine(folder.Path, "new"));
        log.Scalar("loss", 0.25, 1);
        log.Scalar("loss", double.NaN, 3_000_000_000);
        // another process that dies here leaves these bytes: nothing waits in a buffer
        var events = Read(log.Path);
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal([1, 3_000_000_000], events.Skip(1).Select(e => e.Step));
        Assert.All(events.Skip(1), e => Assert.Equal("loss", Assert.Single(e.Summary.Value).Tag));
        Assert.Equal([0.25f, float.NaN], events.Skip(1).Select(e => e.Summary.Value[0].SimpleValue));
        Assert.All(events, e => Assert.InRange(e.WallTime, before, before + 60));
    }

    [Fact]
    public void Pictures_keep_their_bytes()
    {
        using var log = EventLog.Open(folder.Path);
        log.Picture("samples", [1, 2, 3], 28, 30, 12);
        var record = Read(log.Path)[1];
        var value = Assert.Single(record.Summary.Value);
        Assert.Equal((12, "samples", 28, 30), (record.Step, value.Tag, value.Image.Width, value.Image.Height));
        Assert.Equal([1, 2, 3], value.Image.EncodedImageString.ToByteArray());
    }

    [Fact]
    public void A_resumed_run_writes_a_second_file_that_says_where_it_goes_on()
    {
        using var first = EventLog.Open(folder.Path);
        using var second = EventLog.Open(folder.Path, firstStep: 40);
        Assert.NotEqual(first.Path, second.Path);
        Assert.True(string.CompareOrdinal(first.Path, second.Path) < 0);
        Assert.All([first.Path, second.Path], path => Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path), StringComparison.Ordinal));
        Assert.Single(Read(first.Path));
        var start = Read(second.Path)[1];
        Assert.Equal((40, SessionLog.Types.SessionStatus.Start), (start.Step, start.SessionLog.Status));
    }

    [Fact]
    public void Threads_do_not_mix_their_records()
    {
        using var log = EventLog.Open(folder.Path);
        Parallel.For(0, 200, step => log.Scalar(new string('x', step), step, step));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), Read(log.Path).Skip(1).Select(e => e.Step).Order());
    }

    /// <summary>The records of a TFRecord file, checksums verified.</summary>
    private static List<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var memory = new MemoryStream();
        stream.CopyTo(memory);
        var rest = memory.ToArray().AsSpan();
        var events = new List<Event>();
        while (!rest.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(rest);
            Assert.Equal(Mask(Crc32C(rest[..8])), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            var message = rest.Slice(12, length);
            Assert.Equal(Mask(Crc32C(message)), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            events.Add(Event.Parser.ParseFrom(message.ToArray()));
            rest = rest[(16 + length)..];
        }
        return events;
    }

    private static uint Mask(uint crc) => ((crc >> 15) | (crc << 17)) + 0xA282EAD8;

    // bit by bit, from the definition (polynomial 0x1EDC6F41, reflected)
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
