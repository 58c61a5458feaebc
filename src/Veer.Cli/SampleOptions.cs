using System.CommandLine;
using Veer.Data;

namespace Veer.Cli;

/// <summary>What users say of samples whose file does not say it, in every command that reads samples of any origin.</summary>
internal sealed class SampleOptions
{
    private const string Kinds = "any samples: .npz, .npy, .safetensors, .csv, images in a zip, a folder or IDX files, or mnist:train";

    private readonly Option<string?> range = new("--range") { Description = "What pixels given as numbers run from and to: unit (0 to 1), symmetric (-1 to 1) or bytes (0 to 255); found by itself, if not given.", HelpName = "RANGE" };
    private readonly Option<string?> array = new("--array") { Description = "The name of the array, in files of several.", HelpName = "NAME" };

    public SampleOptions() => range.AcceptOneOf([.. Enum.GetNames<PixelRange>().Select(name => name.ToLowerInvariant())]);

    public IEnumerable<Option> All => [range, array];

    /// <summary>An option that names one file of samples.</summary>
    public static Option<string> File(string name, string what, bool required = true) =>
        new(name) { Description = $"{what}: {Kinds}.", HelpName = "PATH", Required = required };

    /// <summary>An option that names one or more.</summary>
    public static Option<string[]> Files(string name, string what) =>
        new(name) { Description = $"{what}: {Kinds}.", HelpName = "PATH", Required = true, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };

    public SampleReading Reading(ParseResult parsed) => new() { Range = parsed.GetValue(range) is { } name ? Enum.Parse<PixelRange>(name, ignoreCase: true) : null, Array = parsed.GetValue(array) };

    /// <summary>Reads samples.</summary>
    public Samples Read(string path, ParseResult parsed, IProgress<(double Fraction, string Detail)> progress, CancellationToken cancellation) =>
        Samples.Read(path, Reading(parsed), new SynchronousProgress<double>(share => progress.Report((share, $"reading {path}"))), cancellation);

    /// <summary>Tells on standard error what the reading took for granted, once nothing is at fault: a fault is one line alone.</summary>
    public static void Tell(params IEnumerable<Samples> samples)
    {
        foreach (string note in samples.SelectMany(one => one.Notes)) CommandRunner.Say(note);
    }
}
