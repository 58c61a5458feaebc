using Veer.Formats;

namespace Veer.Data;

/// <summary>Reads samples from arrays of numbers: vectors, or images whose axes and range the numbers show.</summary>
internal static class ArraySamples
{
    // beyond it float64 does not know every whole number
    private const long LargestWhole = 1L << 53;

    /// <summary>Reads the samples of a file of arrays, which is closed afterwards.</summary>
    public static Samples Read(SampleFormat format, ArraySource source, SampleReading reading)
    {
        using var file = source;
        using var scope = NewDisposeScope();
        var notes = new List<string>();
        var (name, labelsName) = file.Find(reading.Array, notes);
        var place = new InputPlace(file.Path, name);
        var (points, layout) = From(file.Read(name), place, reading, notes);
        if (labelsName is not null) layout = layout with { Labels = labelsName };
        var labels = labelsName is null ? null : ReadLabels(file, labelsName, points.shape[0], name, ref layout);
        var data = labels is null
            ? new LabeledData(points, zeros(points.shape[0], ScalarType.Int64), 1)
            : new LabeledData(points, labels, (int)labels.max().item<long>() + 1);
        data.Points.MoveToOuterDisposeScope();
        data.Labels.MoveToOuterDisposeScope();
        return new Samples(file.Path, format == SampleFormat.Npy ? format.Name : $"{format.Name} of {name}", data, labels is not null)
        {
            NumberType = ElementType.NameOf(layout.Type),
            Range = points.dim() == 4 ? layout.Range : null,
            Notes = notes,
            Origin = (format, layout),
        };
    }

    private static (Tensor Points, ArrayLayout Layout) From(Tensor read, InputPlace place, SampleReading reading, List<string> notes)
    {
        var layout = new ArrayLayout(place.Field, read.dtype, "labels");
        if (read.numel() == 0 || read.dim() == 0) throw place.Fault(Shape(read), "at least one sample of at least one number");
        if (!read.is_floating_point() && !ArrayLayout.IsWhole(read.dtype)) throw place.Fault($"type {ElementType.NameOf(read.dtype)}", "floating or whole numbers");
        return read.dim() is 3 or 4 && reading.Images is not false ? Images(read, layout, place, reading, notes) : Vectors(read, layout, place, reading, notes);
    }

    private static (Tensor, ArrayLayout) Vectors(Tensor read, ArrayLayout layout, InputPlace place, SampleReading reading, List<string> notes)
    {
        if (reading.Images is true) throw place.Fault(Shape(read), "images: [N, H, W], [N, H, W, C] or [N, C, H, W]");
        if (reading.Range is not null) throw place.Fault($"vectors {Shape(read)}", "images, of which alone a range of pixels is told");
        if (read.dim() > 2 && reading.Images is null) throw place.Fault(Shape(read), "[N, D], or images of three or four axes");
        if (read.dim() == 1) notes.Add($"{place.File}: {place.Field} has one axis: {read.shape[0]} samples of one number");
        if (!read.is_floating_point()) notes.Add($"{place.File}: {place.Field} holds whole numbers ({ElementType.NameOf(read.dtype)}): what is written back is rounded to such");
        if (read.dtype == ScalarType.Int64 && read.gt(LargestWhole).logical_or_(read.lt(-LargestWhole)).any().item<bool>())
            throw place.Fault("whole numbers beyond 2^53", "smaller ones: larger ones no longer differ by 1");
        var rows = read.reshape(read.shape[0], -1);
        var points = NarrowedPoints.NarrowFinite(rows.is_floating_point() ? rows : rows.to(ScalarType.Float64), place);
        return (points, read.dim() == 2 ? layout : layout with { Row = read.shape[1..] });
    }

    private static (Tensor, ArrayLayout) Images(Tensor read, ArrayLayout layout, InputPlace place, SampleReading reading, List<string> notes)
    {
        var channels = Axis(read, place, notes);
        using var images = channels switch
        {
            ChannelAxis.None => read.unsqueeze(1),
            ChannelAxis.Last => read.permute(0, 3, 1, 2),
            _ => read.alias(),
        };
        if (read.is_floating_point()) NarrowedPoints.RequireFinite(read.reshape(read.shape[0], -1), place);
        double low = read.min().to(ScalarType.Float64).item<double>(), high = read.max().to(ScalarType.Float64).item<double>();
        string found = FormattableString.Invariant($"pixels from {low:g4} to {high:g4}");
        // bytes are bytes, whatever is told of numbers beside them
        var range = (read.dtype == ScalarType.Byte ? PixelRange.Bytes : reading.Range ?? PixelRanges.Find(low, high))
            ?? throw place.Fault(found, $"pixels that show their range ({PixelRanges.AllWords}), or a range that is told");
        if (!PixelRanges.Fits(range, low, high)) throw place.Fault(found, PixelRanges.Words(range));
        if (reading.Range is null && read.dtype != ScalarType.Byte) notes.Add($"{place.File}: {found}: read as {PixelRanges.Words(range)}");
        if (PixelRanges.Overshoots(range, low, high)) notes.Add($"{place.File}: {found} are clipped to {PixelRanges.Words(range)}");
        return (PixelRanges.ToSymmetric(images, range), layout with { Channels = channels, Range = range });
    }

    private static ChannelAxis Axis(Tensor read, InputPlace place, List<string> notes)
    {
        if (read.dim() == 3) return ChannelAxis.None;
        bool first = read.shape[1] is 1 or 3, last = read.shape[3] is 1 or 3;
        if (!first && !last) throw place.Fault(Shape(read), "images with 1 or 3 channels: [N, H, W, C] or [N, C, H, W]");
        if (first && last) notes.Add($"{place.File}: {Shape(read)} is read as [N, H, W, C]");
        return last ? ChannelAxis.Last : ChannelAxis.First;
    }

    private static Tensor ReadLabels(ArraySource file, string name, long count, string points, ref ArrayLayout layout)
    {
        var place = new InputPlace(file.Path, name);
        var read = file.Read(name);
        if (!ArrayLayout.IsWhole(read.dtype)) throw place.Fault($"type {ElementType.NameOf(read.dtype)}", "integers");
        if (read.dim() is 0 or > 2 || (read.dim() == 2 && read.shape[1] != 1)) throw place.Fault(Shape(read), "[N]: one label for each sample");
        if (read.shape[0] != count) throw place.Fault($"{read.shape[0]} labels", $"{count}, one for each row of {points}");
        layout = layout with { LabelsType = read.dtype, LabelsShape = read.dim() == 1 ? null : read.shape };
        var labels = read.to(ScalarType.Int64).reshape(-1);
        var wrong = labels.lt(0).logical_or_(labels.gt(ClassLabel.Largest));
        if (!wrong.any().item<bool>()) return labels;
        long row = wrong.to(ScalarType.Byte).argmax().item<long>();
        throw place.Fault($"label {labels[row].item<long>()} at row {row}", $"0 to {ClassLabel.Largest}");
    }

    private static string Shape(Tensor array) => $"shape [{string.Join(", ", array.shape)}]";
}
