namespace Veer.Studies.Reporting;

/// <summary>An array of a run's folder, in memory, row after row. Labels (int64) are small enough to be exact as floats.</summary>
internal sealed record NumericArray(float[] Values, int[] Shape)
{
    public int Rows => Shape.Length == 0 ? 1 : Shape[0];

    /// <summary>Numbers in one row: the product of all sides but the first.</summary>
    public int Width => Rows == 0 ? 0 : Values.Length / Rows;

    public float this[int row, int column] => Values[row * Width + column];

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Width, Width);

    public int[] ToLabels() => Array.ConvertAll(Values, value => (int)value);
}
