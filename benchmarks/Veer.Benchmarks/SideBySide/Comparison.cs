using System.Diagnostics;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Runs rows and prints their table: the least time of each side, as what disturbs a shared machine only adds to it.</summary>
/// <param name="conditions">Of all sides.</param>
/// <param name="rounds">Times that each side runs.</param>
internal sealed class Comparison(Conditions conditions, int rounds)
{
    /// <summary>Seconds after which a row begins no further round, once it has two; and that quick ones go on for, as code is compiled again while it runs.</summary>
    private const double Enough = 120, Quick = 8;

    private const string Heading = "| what | Veer | peers | ratio | limit | goal |\n|---|---|---|---|---|---|";

    private bool differs;

    /// <summary>One side of a row, with what it took so far.</summary>
    private sealed class Entrant(string title, string[] command)
    {
        public string Title => title;

        public string[] Command => command;

        public Side? Side { get; set; }

        public string Fault { get; set; } = "";

        public double Least { get; private set; } = double.PositiveInfinity;

        public double Figure { get; private set; }

        public bool Ran => double.IsFinite(Least);

        public void Run()
        {
            var (seconds, figure) = Side!.Run();
            (Least, Figure) = (Math.Min(Least, seconds), figure);
        }
    }

    /// <returns>Whether all figures agree.</returns>
    public bool Print(IEnumerable<Row> rows, TextWriter output)
    {
        output.WriteLine(conditions.Machine);
        output.WriteLine();
        output.WriteLine($"Peers: {Output(conditions.Script(["blas"]))}");
        output.WriteLine();
        output.WriteLine(Heading);
        foreach (var row in rows)
        {
            output.WriteLine(Line(row));
            output.Flush();
        }
        return !differs;
    }

    private string Line(Row row)
    {
        if (row.BFloat16 && !conditions.HasBFloat16) return $"| {row.Title} | - | - | - | this processor, as it is used, does not multiply bfloat16 | {row.Goal} |";
        string folder = Directory.CreateTempSubdirectory("veer-side-by-side-").FullName;
        try
        {
            row.Prepare(folder);
            var own = new Entrant("Veer", conditions.Own(SideCommand.Name, row.Name, SideCommand.Own, folder));
            Entrant[] peers = [.. Here(row.Plain, SideCommand.Plain), .. row.Peers.Select(peer => new Entrant(peer.Title, conditions.Script(peer.Script, folder)))];
            Entrant[] limit = [.. Here(row.Limit, SideCommand.Limit)];
            Measure([own, .. peers, .. limit], row.Fresh);
            foreach (var peer in peers.Where(peer => peer.Ran && Math.Abs(peer.Figure - own.Figure) > row.Tolerance * Math.Abs(own.Figure)))
            {
                differs = true;
                Console.Error.WriteLine(FormattableString.Invariant($"{row.Name}: Veer finds {own.Figure}, {peer.Title} {peer.Figure}"));
            }
            string ratios = string.Join("; ", peers.Select(peer => peer.Ran ? FormattableString.Invariant($"{peer.Least / own.Least:0.0#}") : "-"));
            return $"| {row.Title} | {Time(own)} | {Named(peers)} | {ratios} | {Named(limit)} | {row.Goal} |";

            IEnumerable<Entrant> Here(Here? here, string side) =>
                here is null ? [] : [new(here.Title, conditions.Own(SideCommand.Name, row.Name, side, folder))];
        }
        catch (InputException fault)
        {
            return $"| {row.Title} | - | - | - | {fault.Message} | {row.Goal} |";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Measure(Entrant[] entrants, bool fresh)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            for (int round = 0; (round < rounds || clock.Elapsed.TotalSeconds < Quick) && (round < 2 || clock.Elapsed.TotalSeconds < Enough); round++)
            {
                foreach (var entrant in entrants.Where(entrant => entrant.Fault.Length == 0))
                {
                    if (entrant.Side is null && !Start(entrant)) continue;
                    entrant.Run();
                    if (fresh) Stop(entrant);
                }
            }
        }
        finally
        {
            Array.ForEach(entrants, Stop);
        }
    }

    private bool Start(Entrant entrant)
    {
        entrant.Side = Side.Start(entrant.Command, conditions.Environment, out string fault);
        entrant.Fault = fault;
        return entrant.Side is not null;
    }

    private static void Stop(Entrant entrant)
    {
        entrant.Side?.Dispose();
        entrant.Side = null;
    }

    private static string Named(Entrant[] entrants) =>
        entrants.Length == 0 ? "-" : string.Join("; ", entrants.Select(entrant => $"{entrant.Title} {Time(entrant)}"));

    private static string Time(Entrant entrant) => !entrant.Ran ? $"({entrant.Fault})"
        : entrant.Least < 1 ? FormattableString.Invariant($"{entrant.Least * 1000:0} ms") : FormattableString.Invariant($"{entrant.Least:0.00} s");

    private string Output(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        foreach (var (name, value) in conditions.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
