using System.Globalization;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Vectors in a table, a row for each; where the header has a column of one of <see cref="LabelNames"/>, that is their labels.</summary>
/// <param name="Separator">Between two fields.</param>
/// <param name="Header">The first line; null for none.</param>
/// <param name="LabelColumn">Where the labels stand; the last column where they are in no header.</param>
internal sealed record CsvLayout(char Separator, string? Header, int? LabelColumn) : ISampleLayout
{
    private static readonly string[] LabelNames = ["label", "labels", "class"];

    /// <summary>With a header, x1 to xD and label.</summary>
    public static CsvLayout Standard(Samples samples)
    {
        int width = (int)samples.Data.Points[0].numel();
        var names = Enumerable.Range(1, width).Select(i => FormattableString.Invariant($"x{i}"));
        return samples.Labelled ? new(',', string.Join(',', names.Append(LabelNames[0])), width) : new(',', string.Join(',', names), null);
    }

    /// <summary>Reads a table.</summary>
    public static Samples Read(string path, SampleReading reading, CancellationToken cancellation)
    {
        if (reading.Array is not null) throw new InputException(path, "array", reading.Array, "none: a table has no arrays");
        if (reading.Images is true || reading.Range is not null) throw new InputException(path, "samples", "vectors", "images");
        using var scope = NewDisposeScope();
        var table = Csv.Read(path, cancellation);
        string[] labelled = [.. (table.Names ?? []).Where(name => LabelNames.Contains(name, StringComparer.OrdinalIgnoreCase))];
        if (labelled.Length > 1) throw new InputException(path, "columns", string.Join(", ", labelled), "labels in one of them: rename the others");
        int columns = (int)table.Values.shape[1], column = labelled.Length == 0 ? -1 : Array.IndexOf([.. table.Names!], labelled[0]);
        var points = column < 0 ? table.Values : table.Values.index_select(1, tensor(Enumerable.Range(0, columns).Where(i => i != column).Select(i => (long)i).ToArray()));
        if (points.shape[1] == 0) throw new InputException(path, "columns", "labels alone", "at least one number for each sample");
        var notes = new List<string>();
        if (table.Names is ["0", "1", ..]) notes.Add($"{path}: line 1: 0, 1, ... are taken for names of columns, as below them numbers have decimals");
        if (LabelWords.Among((table.Names ?? []).Where((_, i) => i != column)) is { Length: > 0 } likely)
            notes.Add($"{path}: {string.Join(", ", likely)}: read as numbers of the samples; a column of labels is called {string.Join(", ", LabelNames)}");
        var narrow = NarrowedPoints.NarrowFinite(points, new InputPlace(path, "points"));
        var labels = column < 0 ? zeros(points.shape[0], ScalarType.Int64) : Labels(table.Values.select(1, column), new InputPlace(path, table.Names![column]));
        int classes = column < 0 ? 1 : (int)labels.max().item<long>() + 1;
        var data = new LabeledData(narrow.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), classes);
        return new Samples(path, SampleFormat.Csv.Name, data, labelled: column >= 0)
        {
            NumberType = "text",
            Notes = notes,
            Origin = (SampleFormat.Csv, new CsvLayout(table.Separator, table.Header, column < 0 ? null : column)),
        };
    }

    public void Check(string path, Samples samples)
    {
        if (samples.IsImages) throw new InputException(path, "samples", $"images (of {samples.Path})", "vectors, or another ending: .npz, .npy, .safetensors, .zip");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        long[] labels = samples.Data.Labels.data<long>().ToArray();
        Csv.Write(path, Header, labels.Select((label, row) => Fields(points, row, label)), Separator);
    }

    private List<string> Fields(Tensor points, int row, long label)
    {
        using var scope = NewDisposeScope();
        float[] numbers = points[row].detach().to(ScalarType.Float32).cpu().data<float>().ToArray();
        List<string> fields = [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        if (LabelColumn is int column) fields.Insert(column, label.ToString(CultureInfo.InvariantCulture));
        return fields;
    }

    private static Tensor Labels(Tensor values, InputPlace place)
    {
        var wrong = values.ne(values.round()).logical_or_(values.lt(0)).logical_or_(values.gt(ClassLabel.Largest));
        if (!wrong.any().item<bool>()) return values.to(ScalarType.Int64);
        long row = wrong.to(ScalarType.Byte).argmax().item<long>();
        throw place.Fault(FormattableString.Invariant($"label {values[row].item<double>()} at row {row}"), $"a whole number, 0 to {ClassLabel.Largest}");
    }
}
