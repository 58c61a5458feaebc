using System.Diagnostics;
using System.Globalization;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Fuzzing;

/// <summary>
/// Reads faulty files, one after the other: a reader may only succeed or refuse them in one line, soon and without much memory. A few
/// hundred from a fixed seed by default; for as long as VEER_FUZZ_MINUTES says where that is set, from the seed VEER_FUZZ_SEED.
/// </summary>
internal sealed class FuzzRun : IDisposable
{
    private const int ShortRun = 300, MostFaults = 10, Between = 16;
    private const long MostBytes = 200_000_000;

    private static readonly TimeSpan SlowestAllowed = TimeSpan.FromSeconds(2), HangsAfter = TimeSpan.FromSeconds(20);
    private static readonly double? Minutes = Number("VEER_FUZZ_MINUTES");
    private static readonly int Seed = (int)(Number("VEER_FUZZ_SEED") ?? 1);

    private readonly string name;
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> faults = [];
    private readonly Process process = Process.GetCurrentProcess();
    private volatile byte[] current = [];
    private long done, refused, largest, grown, peak, startedAt;
    private TimeSpan slowest;

    private FuzzRun(string name) => this.name = name;

    /// <summary>Fuzzes a reader.</summary>
    /// <param name="name">What its figures and its failing inputs are called.</param>
    /// <param name="cases">The places of faults.</param>
    public static void Of(string name, params FuzzCase[] cases)
    {
        using var run = new FuzzRun(name);
        foreach (var (place, i) in cases.Select((place, i) => (place, i)))
        {
            place.Read(run.folder, Whole(place, place.Valid[0])); // or it would only be seen that all is refused
            run.Watched(() => run.Mutate(place, new Random(Seed + i), cases.Length));
        }
        run.Report();
    }

    public void Dispose()
    {
        process.Dispose();
        folder.Dispose();
    }

    private static double? Number(string variable) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static byte[] Whole(FuzzCase place, byte[] content) => place.Repair is null ? content : place.Repair(content);

    private void Mutate(FuzzCase place, Random random, int places)
    {
        var clock = Stopwatch.StartNew();
        for (int i = 0; Minutes is { } minutes ? clock.Elapsed.TotalMinutes < minutes / places : i < ShortRun / places; i++)
        {
            byte[] valid = place.Valid[random.Next(place.Valid.Length)], other = place.Valid[random.Next(place.Valid.Length)];
            bool before = place.Repair is not null && random.Next(2) == 0;
            byte[] input = before
                ? Whole(place, Mutation.Of(random, valid, other))
                : Mutation.Of(random, Whole(place, valid), Whole(place, other));
            Try(place, input);
        }
    }

    private void Try(FuzzCase place, byte[] input)
    {
        current = input;
        Interlocked.Exchange(ref startedAt, Stopwatch.GetTimestamp());
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            place.Read(folder, input);
        }
        catch (InputException refusal)
        {
            refused++;
            if (refusal.Message.AsSpan().IndexOfAny('\n', '\r') >= 0) Note("a refusal of several lines", input);
            if (refusal.Message.Contains("System.", StringComparison.Ordinal)) Note($"a type of the program's own: {refusal.Message}", input);
        }
        catch (Exception fault)
        {
            string where = fault.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(" Veer.", StringComparison.Ordinal))?.Trim() ?? "";
            Note($"{fault.GetType().Name} {where}: {fault.Message}", input);
        }
        var took = Stopwatch.GetElapsedTime(Interlocked.Exchange(ref startedAt, 0));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (took > SlowestAllowed) Note($"{took.TotalSeconds:f1} s", input);
        if (allocated > MostBytes) Note($"{allocated} bytes", input);
        if (Minutes is not null && done % Between == 0) Grow(input);
        (slowest, largest) = (took > slowest ? took : slowest, Math.Max(largest, allocated));
        done++;
    }

    /// <summary>Looks at the most memory that the process ever had, with torch's: a long run is alone in it.</summary>
    private void Grow(byte[] input)
    {
        process.Refresh();
        long more = peak == 0 ? 0 : process.PeakWorkingSet64 - peak;
        peak = process.PeakWorkingSet64;
        if (more > MostBytes) Note($"{more} bytes of the process within {Between} files", input);
        grown = Math.Max(grown, more);
    }

    /// <summary>Runs on a thread of its own: one that hangs is left behind, and its input kept.</summary>
    private void Watched(Action mutate)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                mutate();
            }
            catch (Exception e)
            {
                fault = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        while (!thread.Join(500))
        {
            long started = Interlocked.Read(ref startedAt);
            if (started != 0 && Stopwatch.GetElapsedTime(started) > HangsAfter) Assert.Fail($"{name}: no end after {HangsAfter}; {Keep(current)}");
        }
        if (fault is not null) throw new InvalidOperationException($"{name}: the test itself failed", fault);
    }

    private void Note(string what, byte[] input)
    {
        string key = what.Split(':')[0];
        if (faults.Count < MostFaults && !faults.ContainsKey(key)) faults.Add(key, $"{what}; {Keep(input)}");
    }

    private string Keep(byte[] input)
    {
        string file = Path.Combine(Path.GetTempPath(), $"veer-fuzz-{name}-{Seed}-{done}.bin");
        File.WriteAllBytes(file, input);
        return file;
    }

    private void Report()
    {
        string figures = FormattableString.Invariant(
            $"{name}: seed {Seed}, {done} faulty files, {refused} refused, {faults.Count} kinds of fault, slowest {slowest.TotalMilliseconds:f0} ms, largest allocation {largest / 1e6:f1} MB (process +{grown / 1e6:f0} MB)");
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        if (Minutes is not null) Console.WriteLine(figures);
        Assert.True(faults.Count == 0, $"{figures}\n{string.Join("\n", faults.Values)}");
    }
}
