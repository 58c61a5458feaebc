namespace Veer.Benchmarks.SideBySide;

/// <summary>A row of the table: one task that Veer and its peers do in turn, on the same data.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Title">What is done, with its sizes.</param>
/// <param name="Goal">The ratio to be reached, in words.</param>
internal sealed record Row(string Name, string Title, string Goal)
{
    /// <summary>Writes the arrays that all sides read into a folder.</summary>
    public required Action<string> Prepare { get; init; }

    /// <summary>Reads them and gives what is timed; it returns a figure that peers come to as well.</summary>
    public required Func<string, Func<double>> Own { get; init; }

    /// <summary>Scripts of benchmarks/peers that do the same.</summary>
    public required IReadOnlyList<Peer> Peers { get; init; }

    /// <summary>The same as one writes it with TorchSharp alone: a peer that runs in this program.</summary>
    public Here? Plain { get; init; }

    /// <summary>What the machine needs for the part that cannot be left out, such as the matrix product alone.</summary>
    public Here? Limit { get; init; }

    /// <summary>Whether it says something only where the processor multiplies bfloat16.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Whether each call is the first of a new process.</summary>
    public bool Fresh { get; init; }

    /// <summary>By how much of itself a peer's figure may differ.</summary>
    public double Tolerance { get; init; } = 1e-3;
}

/// <param name="Title">Who it is.</param>
/// <param name="Script">File in benchmarks/peers and its arguments.</param>
internal sealed record Peer(string Title, params string[] Script);

/// <summary>What runs in a process of this program.</summary>
/// <param name="Title">What it is the time of.</param>
/// <param name="Work">As <see cref="Row.Own"/>; the figure of a limit is not looked at.</param>
internal sealed record Here(string Title, Func<string, Func<double>> Work);
