using System.Globalization;

namespace Veer.Studies.Reporting;

/// <summary>training.csv: a header and one line per logged step; the report needs the columns step and loss.</summary>
internal static class TrainingFile
{
    public static TrainingCurve Read(string path, string model)
    {
        string[] lines = File.ReadAllLines(path);
        string[] header = lines.Length == 0 ? [] : lines[0].Split(',');
        int step = Array.IndexOf(header, "step"), loss = Array.IndexOf(header, "loss");
        if (step < 0 || loss < 0) throw new InputException(path, "header", string.Join(",", header), "columns step and loss");
        // A run that was killed may have left half a line at the end.
        var rows = lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == header.Length).ToList();
        return new TrainingCurve(
            model,
            [.. rows.Select(cells => Step(cells[step], path))],
            [.. rows.Select(cells => Number(cells[loss], path, "loss"))]);
    }

    private static double Step(string cell, string path) =>
        Number(cell, path, "step") is >= 0 and <= long.MaxValue and var step ? step : throw new InputException(path, "step", $"\"{cell}\"", "a number of steps");

    private static double Number(string cell, string path, string column) =>
        double.TryParse(cell, NumberStyles.Float, Text.Invariant, out double number) ? number
            : throw new InputException(path, column, $"\"{cell}\"", "a number");
}
