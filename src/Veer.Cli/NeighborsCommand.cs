using System.CommandLine;
using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Matching;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary><c>veer neighbors</c>: the nearest real points of samples.</summary>
internal static class NeighborsCommand
{
    private const int MostNeighbors = 100_000, UsualNeighbors = 20;

    public static Command Create()
    {
        var reading = new SampleOptions();
        var queries = SampleOptions.File("--queries", "Samples whose neighbours are looked for");
        var real = SampleOptions.File("--real", "Real samples, among which they are looked for");
        var space = new Option<string?>("--space") { Description = "Where images are compared: a name that 'veer list' shows, or a model's file; their pixels, if not given.", HelpName = "NAME" };
        var count = NumberOption.Whole("--top-k", "Neighbours of each sample.", 1, MostNeighbors, UsualNeighbors);
        var matched = new Option<bool>("--match-classes") { Description = "Look for them among real samples of the sample's own class only." };
        var device = ComputeOptions.Device();
        var output = new Option<string>("--out") { Description = "The .npz to write: indices [N, k] (rows of the real samples) and distances [N, k], ascending.", HelpName = "FILE.npz", Required = true };
        var command = new Command("neighbors", "Find the nearest real samples of samples, exactly.") { queries, real, space, count, matched, device, output };
        foreach (var option in reading.All) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string target = OutputPath.File("--out", parsed.GetRequiredValue(output), ".npz");
            OutputPath.Apart("--out", target, parsed.GetRequiredValue(queries), parsed.GetRequiredValue(real));
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            int k = (int)parsed.GetValue(count);
            using var scope = NewDisposeScope();
            ProgressLine.Show("neighbors", shown =>
            {
                var (asked, known) = (reading.Read(parsed.GetRequiredValue(queries), parsed, shown, cancellation), reading.Read(parsed.GetRequiredValue(real), parsed, shown, cancellation));
                Check(asked, known, k, parsed.GetValue(matched));
                SampleOptions.Tell(asked, known);
                using var seen = parsed.GetValue(space) is { } name || known.IsImages ? EvaluationSpace.Open(parsed.GetValue(space) ?? FeatureSpaces.Pixels, known, where, cancellation) : null;
                var told = new SynchronousProgress<double>(share => shown.Report((share, FormattableString.Invariant($"{share * asked.Data.Count:f0} of {asked.Data.Count} samples"))));
                var (points, others) = (See(asked), See(known));
                var lists = parsed.GetValue(matched)
                    ? Neighbors.SearchByClass(points, asked.Data.Labels, others, known.Data.Labels, known.Data.Classes, k, told, cancellation)
                    : Neighbors.Search(points, others, k, told, cancellation);
                Npz.Write(target, new Dictionary<string, Tensor> { ["indices"] = lists.Indices, ["distances"] = lists.Distances });

                Tensor See(Samples samples) => seen is null ? samples.Data.Points : seen.Features(samples.Data.Points, null, cancellation);
            });
            Console.WriteLine(target);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    private static void Check(Samples asked, Samples known, int k, bool matched)
    {
        if (!asked.Data.Points.shape.AsSpan(1).SequenceEqual(known.Data.Points.shape.AsSpan(1)))
            throw new InputException(asked.Path, "points", $"[{string.Join(", ", asked.Data.Points.shape.Skip(1))}]", $"[{string.Join(", ", known.Data.Points.shape.Skip(1))}], as {known.Path} has");
        if (k > known.Data.Count) throw CommandRunner.CommandLineFault("--top-k", $"{k}", $"at most {known.Data.Count}, the samples of {known.Path}");
        if (matched && !(asked.Labelled && known.Labelled))
            throw new InputException((asked.Labelled ? known : asked).Path, "labels", "none", "labels, since --match-classes is given");
        if (matched) SampleLook.RequireClasses(asked, known);
    }
}
