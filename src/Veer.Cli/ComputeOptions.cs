using System.CommandLine;
using Veer.Runtime;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary>Options of every command that calculates.</summary>
internal static class ComputeOptions
{
    public static Option<long> Seed() => NumberOption.Whole("--seed", "Seed of every draw.", long.MinValue, long.MaxValue, usual: 0);

    public static Option<string> Device() => OneOf("--device", "The device that networks run on.", "auto", "cpu", "cuda");

    public static Option<string> Precision() => OneOf("--precision", "Compute dtype of the networks; weights stay float32.", "auto", "bf16", "fp32");

    /// <summary>Where and how a study runs, from the values of these options.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="seed">Of --seed.</param>
    /// <param name="device">Of --device.</param>
    /// <param name="precision">Of --precision.</param>
    /// <param name="study">The study.</param>
    /// <exception cref="InputException">The device or the precision cannot be used.</exception>
    public static RunOptions For(string folder, long seed, string device, string precision, Study study)
    {
        NativeLibraries.EnsureLoaded();
        var where = ComputeDevice.Parse(device);
        var (digits, reason) = ComputeDevice.ParsePrecision(precision, where, images: study.Settings.Data.Kind == "images");
        if (reason is not null) Console.WriteLine($"precision {reason}");
        return new(folder, seed, where, digits);
    }

    /// <summary>An option of a few values, the first of them where nothing is said.</summary>
    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOneOf(values);
        return option;
    }
}
