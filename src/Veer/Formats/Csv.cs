using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Veer.Formats;

/// <summary>A table of numbers in text: a row in a line, separated by commas, semicolons, tabs or spaces; a header may stand first.</summary>
/// <param name="Values">[rows, columns] float64.</param>
/// <param name="Separator">What stands between two fields.</param>
/// <param name="Header">The first line where it is no row, as it stands there.</param>
/// <param name="Names">The columns' names; null without a header.</param>
internal sealed record CsvTable(Tensor Values, char Separator, string? Header, IReadOnlyList<string>? Names);

/// <summary>Reads and writes tables of numbers in UTF-8, with a point before decimals.</summary>
internal static class Csv
{
    private const string Expected = "a table of numbers in UTF-8";
    private const char Comment = '#';

    // no number is longer, and no row of numbers; or they would be kept whole before they are refused
    private const int MostField = 1024, MostLine = 1 << 24;

    private static readonly string[] MissingValues = ["", "na", "n/a", "null", "none"];

    private static readonly char[] Separators = ['\t', ';', ',', ' '];

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">It is empty, a row has another number of fields than the first, or a field is no finite number.</exception>
    public static CsvTable Read(string path, CancellationToken cancellation)
    {
        using var stream = InputFile.Open(path, Expected, cancellation);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        var lines = new Lines(reader, path);
        if (lines.Next() is not { } first) throw new InputException(path, "file", "no line with anything in it", Expected);
        char separator = Separators.FirstOrDefault(Unquoted(first).Contains, ',');
        string[] fields = Split(first.TrimStart('\ufeff'), separator, lines);
        bool headed = fields.Any(field => field.StartsWith(Comment) || !IsNumber(field));
        // one name among numbers is a faulty number, and the row would be lost
        if (headed && !fields[0].StartsWith(Comment) && fields.Any(IsNumber))
            throw lines.Fault(Array.FindIndex(fields, field => !IsNumber(field)), Shown(Array.Find(fields, field => !IsNumber(field))!), "a number, or a header of names alone");
        if (headed && fields.All(field => MissingValues.Contains(field, StringComparer.OrdinalIgnoreCase))) throw lines.Fault(0, Shown(fields[0]), "a number, or a header of names");
        // what pandas writes above columns without names; whole numbers above others are no row of these
        headed |= fields.Length > 2 && fields.Index().All(field => field.Item == FormattableString.Invariant($"{field.Index}")) && lines.Peek()?.IndexOfAny(['.', 'e', 'E']) >= 0;
        string[]? names = headed ? Names(fields, separator, path) : null;
        int columns = names?.Length ?? fields.Length;
        var values = new List<double>();
        for (string? line = headed ? lines.Next() : first.TrimStart('\ufeff'); line is not null; line = lines.Next())
        {
            if (values.Count > Array.MaxLength - columns) throw lines.Fault("more numbers than a table can have", $"at most {Array.MaxLength}");
            Append(values, line, separator, columns, lines);
        }
        if (values.Count == 0) throw new InputException(path, "file", "a header alone", Expected);
        return new CsvTable(ToTensor(values, columns), separator, headed ? first.TrimStart('\ufeff') : null, names);
    }

    /// <summary>Writes a table, atomically.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="header">The first line; null for none.</param>
    /// <param name="rows">The fields of each row, in order.</param>
    /// <param name="separator">What stands between two fields.</param>
    public static void Write(string path, string? header, IEnumerable<IEnumerable<string>> rows, char separator) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        if (header is not null) writer.WriteLine(header);
        foreach (var row in rows) writer.WriteLine(string.Join(separator, row));
    });

    /// <summary>The fields of a line; one in quotes may hold separators, and two quotes for one (RFC 4180).</summary>
    private static string[] Split(string line, char separator, Lines lines)
    {
        var fields = new List<string>();
        for (int at = 0; at <= line.Length;)
        {
            while (at < line.Length && line[at] != separator && char.IsWhiteSpace(line[at])) at++;
            if (at < line.Length && line[at] == '"') fields.Add(Quoted(ref at));
            else
            {
                int start = at;
                while (at < line.Length && line[at] != separator) at++;
                // spaces may stand together
                if (separator != ' ' || at > start) fields.Add(line[start..at].Trim());
            }
            at++;
        }
        return [.. fields];

        string Quoted(ref int at)
        {
            var field = new StringBuilder();
            for (at++; at < line.Length; at++)
            {
                if (line[at] != '"') field.Append(line[at]);
                else if (at + 1 < line.Length && line[at + 1] == '"') field.Append(line[++at]);
                else break;
            }
            if (at >= line.Length) throw lines.Fault(fields.Count, "a quote that is not closed", "one that ends in its line");
            for (at++; at < line.Length && line[at] != separator; at++)
                if (!char.IsWhiteSpace(line[at])) throw lines.Fault(fields.Count, "letters behind a closing quote", "a separator");
            return field.ToString().Trim();
        }
    }

    /// <summary>A line without what stands in quotes.</summary>
    private static string Unquoted(string line) => string.Concat(line.Split('"').Where((_, place) => place % 2 == 0));

    private static string[] Names(string[] fields, char separator, string path)
    {
        // as NumPy writes headers
        string[] names = fields[0] == $"{Comment}" && separator == ' ' ? fields[1..] : [fields[0].TrimStart(Comment, ' '), .. fields[1..]];
        names = [.. names.Select(name => name.Trim('"'))];
        int empty = Array.IndexOf(names, "");
        return empty < 0 ? names : throw new InputException(path, $"line 1, column {empty + 1}", "no name", "a name for each column (an index column is no number of a sample)");
    }

    private static void Append(List<double> values, string line, char separator, int columns, Lines lines)
    {
        string[] fields = Split(line, separator, lines);
        if (fields.Length != columns) throw lines.Fault($"{fields.Length} fields", $"{columns}, as the first line has");
        for (int i = 0; i < fields.Length; i++)
        {
            if (!TryParse(fields[i], out double value)) throw lines.Fault(i, Shown(fields[i]), "a number, with a point before decimals (classes are whole numbers)");
            if (!double.IsFinite(value)) throw lines.Fault(i, Shown(fields[i]), "a finite number");
            values.Add(value);
        }
    }

    private static string Shown(string field)
    {
        const int Most = 40;
        string plain = string.Concat(field.Select(letter => char.IsControl(letter) ? '?' : letter));
        return plain.Length switch
        {
            0 => "nothing",
            > Most => $"{plain[..Most]}... ({plain.Length} characters)",
            _ => plain,
        };
    }

    private static bool IsNumber(string field) => TryParse(field, out _);

    private static bool TryParse(string field, out double value)
    {
        value = 0;
        return field.Length <= MostField && double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static unsafe Tensor ToTensor(List<double> values, int columns)
    {
        using var scope = NewDisposeScope();
        var tensor = empty(values.Count / columns, columns, ScalarType.Float64);
        var numbers = CollectionsMarshal.AsSpan(values);
        numbers.CopyTo(new((double*)TensorBytes.Address(tensor), numbers.Length));
        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>The lines that hold something, one by one, none of them longer than memory should hold.</summary>
    private sealed class Lines(StreamReader reader, string path)
    {
        private readonly StringBuilder line = new();
        private long number;
        private string? ahead;

        /// <summary>The line that is next; it stays so.</summary>
        public string? Peek() => ahead ??= Next();

        public string? Next()
        {
            if (ahead is { } known)
            {
                ahead = null;
                return known;
            }
            for (int letter = 0; letter >= 0;)
            {
                number++;
                line.Clear();
                while ((letter = Read()) is not (-1 or '\n'))
                {
                    // they are passed over by the parser of numbers
                    if (letter == 0) throw Fault("a NUL", Expected);
                    if (line.Length == MostLine) throw Fault($"more than {MostLine} characters", "a row of numbers");
                    line.Append((char)letter);
                }
                string text = line.ToString().TrimEnd('\r');
                if (!string.IsNullOrWhiteSpace(text)) return text;
            }
            return null;
        }

        public InputException Fault(string found, string expected) => new(path, $"line {number}", found, expected);

        public InputException Fault(int column, string found, string expected) => new(path, $"line {number}, column {column + 1}", found, expected);

        private int Read()
        {
            try
            {
                return reader.Read();
            }
            catch (DecoderFallbackException)
            {
                throw Fault("bytes that are no UTF-8", Expected);
            }
        }
    }
}
