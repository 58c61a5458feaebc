using System.CommandLine;
using Veer.Data;

namespace Veer.Cli;

/// <summary>What users say of samples whose file does not say it, in every command that reads samples of any origin.</summary>
internal sealed class SampleOptions
{
    private const string Kinds = "any samples: .npz, .npy, .safetensors, .csv, images in a zip, a folder or IDX files, or mnist:train";

    private readonly Option<PixelRange?> range = new("--range") { Description = "What pixels given as numbers run from and to: unit (0 to 1), symmetric (-1 to 1) or bytes (0 to 255); found by itself, if not given.", HelpName = "RANGE" };
    private readonly Option<string?> array = new("--array") { Description = "The name of the array, in files of several.", HelpName = "NAME" };

    public IEnumerable<Option> All => [range, array];

    /// <summary>An option that names one file of samples.</summary>
    public static Option<string> File(string name, string what, bool required = true) =>
        new(name) { Description = $"{what}: {Kinds}.", HelpName = "PATH", Required = required };

    /// <summary>An option that names one or more.</summary>
    public static Option<string[]> Files(string name, string what) =>
        new(name) { Description = $"{what}: {Kinds}.", HelpName = "PATH", Required = true, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };

    public SampleReading Reading(ParseResult parsed) => new() { Range = parsed.GetValue(range), Array = parsed.GetValue(array) };

    /// <summary>Reads samples and tells on standard error what was taken for granted.</summary>
    public Samples Read(string path, ParseResult parsed, IProgress<(double Fraction, string Detail)> progress, CancellationToken cancellation)
    {
        var samples = Samples.Read(path, Reading(parsed), new SynchronousProgress<double>(share => progress.Report((share, $"reading {path}"))), cancellation);
        foreach (string note in samples.Notes) CommandRunner.Say(note);
        return samples;
    }
}
