using CsCheck;
using Veer.Data;
using Veer.Formats;
using Xunit;

namespace Veer.Tests.Formats;

public sealed class EncodedImageTests
{
    private static readonly InputPlace Place = new("set.zip", "a.png");

    [Fact]
    public void The_bytes_of_a_png_come_back_exactly() =>
        (from height in Gen.Int[1, 9]
         from width in Gen.Int[1, 9]
         from grey in Gen.Bool
         from pixels in Gen.Byte.Array[height * width * (grey ? 1 : 3)]
         select (height, width, pixels)).SampleFixed(image =>
        {
            var (shape, decoded) = Decode(PngFile.Of(image.height, image.width, image.pixels));
            Assert.Equal(new ImageHeader(image.pixels.Length / (image.height * image.width), image.height, image.width), shape);
            Assert.Equal(image.pixels, decoded);
        });

    [Fact]
    public void Few_bits_of_grey_and_palettes_become_eight_bits()
    {
        Assert.Equal([255, 0, 255, 255], Decode(PngFile.Make(2, 2, PngFile.Grey, 1, [0b1000_0000, 0b1100_0000])).Pixels);
        byte[] palette = [10, 20, 30, 40, 50, 60];
        Assert.Equal([40, 50, 60, 10, 20, 30], Decode(PngFile.Make(1, 2, PngFile.Palette, 8, [1, 0], ("PLTE", palette))).Pixels);
    }

    [Fact]
    public void An_alpha_channel_that_is_opaque_everywhere_is_left_out()
    {
        Assert.Equal([10, 20, 30, 40, 50, 60], Decode(PngFile.Make(1, 2, PngFile.RgbAlpha, 8, [10, 20, 30, 255, 40, 50, 60, 255])).Pixels);
        var (header, grey) = Decode(PngFile.Make(1, 2, PngFile.GreyAlpha, 8, [10, 255, 200, 255]));
        Assert.Equal(new ImageHeader(1, 1, 2), header);
        Assert.Equal([10, 200], grey);
        Assert.Equal([1, 2, 3], Decode(PngFile.Make(1, 1, PngFile.Palette, 8, [0], ("PLTE", [1, 2, 3]), ("tRNS", [255]))).Pixels);
        RefusedWith(PngFile.Make(1, 2, PngFile.RgbAlpha, 8, [10, 20, 30, 255, 40, 50, 60, 254]), "found a PNG with transparency");
    }

    [Theory] // gAMA of 1/1 and of 1/2.2, in units of 1/100000
    [InlineData(100_000)]
    [InlineData(45_455)]
    public void Colour_management_changes_no_byte(int gamma)
    {
        byte[] chunk = [(byte)(gamma >> 24), (byte)(gamma >> 16), (byte)(gamma >> 8), (byte)gamma];
        byte[] pixels = [7, 100, 200, 0, 128, 255];
        Assert.Equal(pixels, Decode(PngFile.Make(1, 2, PngFile.Rgb, 8, pixels, ("gAMA", chunk))).Pixels);
    }

    [Fact]
    public void Grey_and_colour_jpegs_are_decoded_to_what_they_hold()
    {
        var (grey, greyPixels) = Decode(JpegFile.Flat(5, 8, 77));
        Assert.Equal(new ImageHeader(1, 5, 8), grey);
        Assert.All(greyPixels, pixel => Assert.InRange(pixel, 75, 79));
        var (colour, colourPixels) = Decode(JpegFile.Flat(3, 2, 200, 90, 30));
        Assert.Equal(new ImageHeader(3, 3, 2), colour);
        Assert.All(colourPixels.Chunk(3), pixel => Assert.True(Math.Abs(pixel[0] - 200) < 4 && Math.Abs(pixel[1] - 90) < 4 && Math.Abs(pixel[2] - 30) < 4));
    }

    [Fact]
    public void Kinds_of_images_that_lose_something_are_refused()
    {
        RefusedWith(PngFile.Make(1, 1, PngFile.Grey, 16, [0, 0]), "set.zip: a.png: found a PNG of 16 bits a channel, expected 8 bits a channel");
        RefusedWith(PngFile.Make(1, 1, PngFile.Rgb, 16, new byte[6]), "a PNG of 16 bits a channel");
        RefusedWith(PngFile.Make(1, 1, PngFile.RgbAlpha, 8, new byte[4]), "set.zip: a.png: found a PNG with transparency, expected one that is opaque everywhere");
        RefusedWith(PngFile.Make(1, 1, PngFile.GreyAlpha, 8, new byte[2]), "found a PNG with transparency");
        RefusedWith(PngFile.Make(1, 1, PngFile.Palette, 8, [0], ("PLTE", [1, 2, 3]), ("tRNS", [0])), "found a PNG with transparency");
        RefusedWith(JpegFile.Header(12, 8, 8, 1), "found a JPEG of 12 bits a channel");
        RefusedWith(JpegFile.Header(8, 8, 8, 4), "found a JPEG of 4 channels, expected 1 or 3: grey or colour");
        RefusedWith("GIF89a, and so on"u8.ToArray(), "found other bytes, expected a PNG or JPEG image");
        RefusedWith([], "found an empty file");
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(60_000, 60_000)]
    public void An_absurd_size_is_refused_before_anything_is_decoded(int height, int width)
    {
        RefusedWith(PngFile.Make(height, width, PngFile.Grey, 8, []), $"found {height} x {width} pixels, expected 1 to 8192 a side");
        RefusedWith(JpegFile.Header(8, height, width, 1), $"found {height} x {width} pixels");
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] noise = [.. Enumerable.Range(0, 16 * 16 * 3).Select(i => (byte)(i * i * 31 >> 3))];
        foreach (byte[] whole in (byte[][])[PngFile.Of(16, 16, noise), JpegFile.Flat(16, 16, 200, 90, 30)])
        {
            // zlib's checksum, the chunk's and IEND: the pixels are whole before them
            for (int length = 0; length < whole.Length - 20; length++) RefusedWith(whole[..length], "set.zip: a.png: found ");
        }
    }

    [Fact]
    public void Any_changed_byte_is_refused_or_gives_an_image()
    {
        byte[][] images = [PngFile.Of(4, 4, [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))]), JpegFile.Flat(4, 4, 200, 90, 30)];
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 10_000], Gen.Byte[1, 255]).SampleFixed(drawn =>
        {
            var (which, at, change) = drawn;
            byte[] bytes = [.. images[which]];
            bytes[at % bytes.Length] ^= change;
            try
            {
                Decode(bytes);
            }
            catch (InputException)
            {
                // as it should
            }
        }, iter: 400);
    }

    private static (ImageHeader Header, byte[] Pixels) Decode(byte[] image)
    {
        var header = ImageHeader.Read(image, Place);
        var pixels = new byte[header.Channels * header.Height * header.Width];
        ImageCodec.Decode(image, new(header.Channels, header.Height, header.Width), pixels, Place);
        return (header, pixels);
    }

    private static void RefusedWith(byte[] image, string message) => Refusal.Of(() => Decode(image), message);
}
