using System.Globalization;

namespace Veer.Studies.Runs;

/// <summary>models/&lt;name&gt;/training.csv: a header and one line per logged step; only the columns step and loss are read.</summary>
internal sealed record TrainingCurve(string Model, double[] Steps, double[] Losses)
{
    public static TrainingCurve Read(string path, string model)
    {
        string[] lines = File.ReadAllLines(path);
        string[] header = lines.Length == 0 ? [] : lines[0].Split(',');
        // A run that was killed may have left half a line at the end.
        var rows = lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == header.Length).ToList();
        return new(model, Column("step", "a number of steps", number => number is >= 0 and <= long.MaxValue), Column("loss", "a number", _ => true));

        double[] Column(string name, string expected, Func<double, bool> allows)
        {
            int place = Array.IndexOf(header, name);
            if (place < 0) throw new InputException(path, "header", string.Join(",", header), "columns step and loss");
            return [.. rows.Select(cells => double.TryParse(cells[place], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && allows(number)
                ? number : throw new InputException(path, name, $"\"{cells[place]}\"", expected))];
        }
    }
}

/// <summary>models/&lt;denoiser&gt;/denoiser-error.json: the learned denoiser's mean squared error beside the closed form's, level by level.</summary>
/// <param name="Signal">The level's alpha.</param>
/// <param name="Noise">The level's sigma.</param>
/// <param name="Label">"conditional" or "unconditional".</param>
/// <param name="Error">From the closed form to the network.</param>
/// <param name="Oracle">From the noise that was drawn to the closed form.</param>
internal sealed record DenoiserErrorRow(double Signal, double Noise, string Label, double Error, double Oracle)
{
    public double Sigma => Noise / Signal;
}

/// <summary>The errors of one denoiser.</summary>
internal sealed record DenoiserErrors(string Model, IReadOnlyList<DenoiserErrorRow> Rows);
