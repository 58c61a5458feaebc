using SkiaSharp;
using Veer.Data;
using Veer.Images;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Data;

public sealed class ContactSheetTests : IDisposable
{
    private const int Tile = 56, Gap = 2;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_for_each_class_shows_its_first_ten_images_magnified()
    {
        var shape = new ImageShape(1, 8, 8);
        var sheet = new ContactSheet(shape, classes: 3);
        // class 0 has 12 images of grey 0 to 11, class 2 one, class 1 none
        sheet.Add(Flat(shape, [.. Enumerable.Range(0, 12).Select(i => (0, (byte)i)), (2, 200)]));
        using var picture = Written(sheet);
        Assert.Equal((Gap + 10 * (Tile + Gap), Gap + 3 * (Tile + Gap)), (picture.Width, picture.Height));
        for (int column = 0; column < 10; column++) Assert.Equal(column, At(picture, 0, column).Red);
        var background = picture.GetPixel(0, 0);
        Assert.Equal(background, At(picture, 1, 0));
        Assert.Equal(200, At(picture, 2, 0).Blue);
        Assert.Equal(background, At(picture, 2, 1));
    }

    [Fact]
    public void Without_labels_images_stand_in_their_order_and_rows_end_with_them()
    {
        var shape = new ImageShape(3, 8, 4);
        var sheet = new ContactSheet(shape, classes: null);
        sheet.Add(Flat(shape, [.. Enumerable.Range(0, 7).Select(i => (0, (byte)i))]));
        sheet.Add(Flat(shape, [.. Enumerable.Range(7, 7).Select(i => (0, (byte)i))]));
        using var picture = Written(sheet);
        Assert.Equal((Gap + 10 * (Tile / 2 + Gap), Gap + 2 * (Tile + Gap)), (picture.Width, picture.Height));
        var thirteenth = picture.GetPixel(Gap + 2 * (Tile / 2 + Gap) + 5, Gap + Tile + Gap + 5);
        Assert.Equal(new SKColor(12, 13, 14), thirteenth);
    }

    [Fact]
    public void Large_images_are_made_smaller_and_many_classes_are_left_out()
    {
        var shape = new ImageShape(1, 512, 256);
        var sheet = new ContactSheet(shape, classes: 1000);
        sheet.Add(Flat(shape, [(999, 1), (49, 90)]));
        using var picture = Written(sheet);
        Assert.Equal((Gap + 10 * (64 + Gap), Gap + 50 * (128 + Gap)), (picture.Width, picture.Height));
        Assert.Equal(90, picture.GetPixel(30, Gap + 49 * (128 + Gap) + 60).Green);
    }

    [Fact]
    public void A_batch_of_another_shape_is_a_fault_of_the_program() =>
        Assert.Throws<ArgumentException>(() => new ContactSheet(new(1, 8, 8), 2).Add(Flat(new(3, 8, 8), [(0, 1)])));

    /// <summary>Images of one grey each; colour images have one more of green and two more of blue.</summary>
    private static ImageBatch Flat(ImageShape shape, (int Label, byte Grey)[] images) => new(
        shape,
        [.. images.SelectMany(image => Enumerable.Range(0, shape.Bytes).Select(i => (byte)(image.Grey + i % shape.Channels)))],
        [.. images.Select(image => image.Label)]);

    private static SKColor At(SKBitmap picture, int row, int column) =>
        picture.GetPixel(Gap + column * (Tile + Gap) + 10, Gap + row * (Tile + Gap) + 10);

    private SKBitmap Written(ContactSheet sheet)
    {
        sheet.Write(folder.File("deep/sheet.png"));
        Assert.Equal([folder.File("deep/sheet.png")], Directory.GetFiles(folder.File("deep")));
        return SKBitmap.Decode(folder.File("deep/sheet.png"));
    }
}
