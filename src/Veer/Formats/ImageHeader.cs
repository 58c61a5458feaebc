using System.Buffers.Binary;

namespace Veer.Formats;

/// <summary>What the header of a PNG or JPEG says, read before anything is decoded. Eight bits a channel.</summary>
/// <param name="Channels">1 for grey, 3 for colour (a palette too); a channel of transparency is not counted.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
internal readonly record struct ImageHeader(int Channels, int Height, int Width)
{
    private const int MostSide = 8192;
    private const string Expected = "a PNG or JPEG image";

    /// <summary>Reads the header of an encoded image.</summary>
    /// <param name="image">The whole file.</param>
    /// <param name="place">For errors.</param>
    public static ImageHeader Read(ReadOnlySpan<byte> image, InputPlace place)
    {
        var header = image switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. var chunks] => ReadPng(chunks, place),
            [0xFF, 0xD8, .. var segments] => ReadJpeg(segments, place),
            _ => throw place.Fault(image.IsEmpty ? "an empty file" : "other bytes", Expected),
        };
        if (header.Width is < 1 or > MostSide || header.Height is < 1 or > MostSide)
            throw place.Fault($"{header.Height} x {header.Width} pixels", $"1 to {MostSide} a side");
        return header;
    }

    // PNG specification (third edition), 11.2.1 IHDR: chunks of length, type, data, checksum
    private static ImageHeader ReadPng(ReadOnlySpan<byte> chunks, InputPlace place)
    {
        const int Around = 12, HeaderLength = 13, Grey = 0, GreyAlpha = 4;
        if (chunks.Length < Around + HeaderLength || !chunks[4..].StartsWith("IHDR"u8)) throw place.Fault("a PNG that breaks off", Expected);
        var data = chunks[8..];
        int width = BinaryPrimitives.ReadInt32BigEndian(data), height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
        int depth = data[8], colour = data[9];
        if (depth > 8) throw place.Fault($"a PNG of {depth} bits a channel", "8 bits a channel");
        return new(colour is Grey or GreyAlpha ? 1 : 3, height, width);
    }

    // ITU-T T.81, B.1.1 and B.2.2: segments of marker, length, data up to the frame header
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> segments, InputPlace place)
    {
        while (segments.Length >= 4)
        {
            if (segments[0] != 0xFF) break;
            byte marker = segments[1];
            if (marker == 0xFF)
            {
                segments = segments[1..]; // a fill byte
                continue;
            }
            int next = 2 + BinaryPrimitives.ReadUInt16BigEndian(segments[2..]);
            bool frame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (frame && segments.Length >= 10)
            {
                if (segments[4] != 8) throw place.Fault($"a JPEG of {segments[4]} bits a channel", "8 bits a channel");
                if (segments[9] is not (1 or 3)) throw place.Fault($"a JPEG of {segments[9]} channels", "1 or 3: grey or colour");
                return new(segments[9], BinaryPrimitives.ReadUInt16BigEndian(segments[5..]), BinaryPrimitives.ReadUInt16BigEndian(segments[7..]));
            }
            if (frame || next > segments.Length) break;
            segments = segments[next..];
        }
        throw place.Fault("a JPEG that breaks off", Expected);
    }
}
