using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Veer.Formats;

/// <summary>
/// Scalars and pictures for TensorBoard: an events file of TFRecords (length, its checksum, an Event message, its checksum; masked CRC-32C).
/// Each record goes to the system in one write, so a killed process leaves whole records. May be used from several threads.
/// </summary>
/// <remarks>TorchSharp's SummaryWriter opens the file anew for each scalar and stamps it with 0 instead of the time in seconds.</remarks>
public sealed class EventLog : IDisposable
{
    private const string FileVersion = "brain.Event:2", FilePrefix = "events.out.tfevents.";

    // TFRecord's mask: a checksum of data that holds checksums would be weak
    private const uint MaskDelta = 0xA282EAD8;
    private const int MaskRotation = 15;

    private readonly FileStream file;
    private readonly Lock gate = new();

    private EventLog(FileStream file) => this.file = file;

    /// <summary>The events file.</summary>
    public string Path => file.Name;

    /// <summary>Whether a file of that name is such a log.</summary>
    internal static bool Is(string file) => System.IO.Path.GetFileName(file).StartsWith(FilePrefix, StringComparison.Ordinal);

    /// <summary>Starts an events file in a folder, which is made if missing. TensorBoard reads a folder's files as one run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="firstStep">
    /// Where a resumed run goes on: TensorBoard then drops what earlier files say about this step and later ones.
    /// </param>
    /// <exception cref="IOException">The folder or file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static EventLog Open(string folder, long firstStep = 0)
    {
        Directory.CreateDirectory(folder);
        var log = new EventLog(Create(folder));
        log.Write(new Event { FileVersion = FileVersion });
        if (firstStep > 0)
            log.Write(new Event { Step = firstStep, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        return log;
    }

    /// <summary>Adds one point of the curve that bears this tag.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Scalar(string tag, double value, long step)
    {
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Adds a picture under this tag.</summary>
    /// <param name="tag">What it shows.</param>
    /// <param name="png">The encoded picture.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="step">The step it was made at.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Picture(string tag, byte[] png, int width, int height, long step)
    {
        var summary = new Summary();
        var image = new Summary.Types.Image { Width = width, Height = height, EncodedImageString = ByteString.CopyFrom(png) };
        summary.Value.Add(new Summary.Types.Value { Tag = tag, Image = image });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static FileStream Create(string folder)
    {
        // TensorBoard reads a folder's files in the order of their names
        string start = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString("D10", CultureInfo.InvariantCulture);
        string name = System.IO.Path.Combine(folder, $"{FilePrefix}{start}.{Environment.MachineName}.{Environment.ProcessId}");
        for (int number = 0; ; number++)
        {
            string path = $"{name}.{number}";
            // no buffer: what was written is with the system, whatever becomes of this process
            if (!File.Exists(path)) return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
    }

    private void Write(Event record)
    {
        record.WallTime = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        byte[] message = record.ToByteArray();
        const int Length = sizeof(ulong), Checksum = sizeof(uint);
        var bytes = new byte[Length + Checksum + message.Length + Checksum];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Length), MaskedChecksum(bytes.AsSpan(0, Length)));
        message.CopyTo(bytes, Length + Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - Checksum), MaskedChecksum(message));
        lock (gate) file.Write(bytes);
    }

    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, MaskRotation) + MaskDelta;
    }
}
