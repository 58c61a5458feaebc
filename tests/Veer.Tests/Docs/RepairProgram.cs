using Veer.Data;
using Veer.Evaluation;
using Veer.Postprocessing;
using static TorchSharp.torch;

// not below Veer, whose namespaces would be found without being named
namespace Programs;

/// <summary>The second program of the package's own page (src/Veer/README.md), compiled: ReadmeTests holds the two together.</summary>
internal static class RepairProgram
{
    public static void Run(Tensor generated, Tensor real, Tensor more, Tensor heldOut)
    {
        // begin
        using var repair = Repair.Fit(generated, real);                              // holds out, chooses, and moves nothing where nothing helps beyond doubt
        var (before, after, unseen) = (LabeledData.OfOneClass(more), LabeledData.OfOneClass(repair.Apply(more)), LabeledData.OfOneClass(heldOut));
        var result = SampleEvaluation.Run([("before", before), ("after", after)], unseen, new() { Training = LabeledData.OfOneClass(real) });
        foreach (var set in result.Sets) Console.WriteLine($"{set.Name}: {result.Summary(set)}");
        // end
    }
}
