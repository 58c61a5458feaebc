namespace Veer.Cli;

/// <summary>How long a stage will take yet. One that goes on from a checkpoint begins above 0: what was done before says nothing of its rate.</summary>
internal sealed class TimeLeft
{
    private (double Seconds, double Fraction)? first;

    /// <summary>Forgets the stage before.</summary>
    public void Restart() => first = null;

    /// <summary>Seconds left; null at the first report of a stage, and as long as there is no headway.</summary>
    /// <param name="seconds">Since the stage began.</param>
    /// <param name="fraction">0 to 1.</param>
    public double? At(double seconds, double fraction)
    {
        var (from, begun) = first ??= (seconds, fraction);
        return fraction > begun ? (seconds - from) * (1 - fraction) / (fraction - begun) : null;
    }

    /// <summary>The same in words that follow others: ", 3 min left"; nothing where it is not known.</summary>
    public string Words(double seconds, double fraction) => At(seconds, fraction) is { } left ? $", {RunConsole.Duration(left)} left" : "";
}
