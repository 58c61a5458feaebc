using Veer.Data;
using Veer.Evaluation;

// Evaluate two files of samples beside each other: dotnet run --project samples/EvaluateSets -- a.npz b.npz real.npz [held-out.npz]

string[] names = args[..2];
var sets = names.Select(path => (path, Samples.Read(path).Data)).ToList();
var unseen = args.Length > 3 ? Samples.Read(args[3]).Data : null;
var result = SampleEvaluation.Run(sets, Samples.Read(args[2]).Data, new() { Unseen = unseen, Subsets = 20 });

foreach (var metric in result.Metrics)
{
    var (first, second) = (result.Sets[0].Find(metric.Name)!.Value, result.Sets[1].Find(metric.Name)!.Value);
    var difference = result.FindDifference(result.Sets[1].Name, metric.Name)!;
    Console.WriteLine(FormattableString.Invariant(
        $"{metric.Name}: {first.Value:g4} and {second.Value:g4}, floor {result.Floor?.Find(metric.Name)?.Value:g4}; difference {difference.Difference.Low:g3} to {difference.Difference.High:g3}: {result.Judge(difference)}"));
}
foreach (var set in result.Sets) Console.WriteLine($"{set.Name}: {string.Join("; ", set.Findings)}");
