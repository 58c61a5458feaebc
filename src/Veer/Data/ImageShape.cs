namespace Veer.Data;

/// <summary>The shape that all images of a data set share.</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Bytes of one image: a byte for each channel of each pixel.</summary>
    public int Bytes => checked(Channels * Height * Width);

    /// <summary>As in "3 x 32 x 32": channels, height, width.</summary>
    public override string ToString() => $"{Channels} x {Height} x {Width}";
}
