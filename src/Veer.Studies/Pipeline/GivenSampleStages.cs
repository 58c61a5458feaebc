using Veer.Data;
using Veer.Formats;
using Veer.Studies.Runs;

namespace Veer.Studies.Pipeline;

/// <summary>Divides given samples into what is measured, what postprocessors are trained on, and what tells how long and how far.</summary>
internal sealed class GivenSampleStages(RunContext context) : ISampleStages
{
    /// <summary>Seconds of reading and writing a set, roughly: a plan need not be exact.</summary>
    private const double Seconds = 1;

    public IEnumerable<Stage> All() => context.Data.Given!.SelectMany(set => (Stage[])[Parts(set), Validation(set)]);

    public string Key(string name, double scale) => Key(context.Data.Given!.First(set => set.Name == name && set.Scale == scale));

    private string Key(GivenSet set)
    {
        // real points of other classes are left out before they are divided
        int[] classes = [.. context.Data.Given!.SelectMany(one => one.Classes).Distinct().Order()];
        // sets of other sizes are kept apart
        long[] sizes = [.. context.Data.Given!.Where(one => one.Name == set.Name).Select(one => one.Count).Distinct().Order()];
        return ContentKey.Compute(new { context.Settings.Split, Classes = classes.Length < context.Data.Train.Classes ? classes : null, Sizes = sizes.Length > 1 ? sizes : null }, [context.Start, set.Content]);
    }

    private Stage Parts(GivenSet set)
    {
        string folder = context.Paths.Generated(set.Name, set.Scale);
        return new($"samples {context.Settings.Called(set.Name, set.Scale)}", Key(set), RunPaths.Test(folder), () => Seconds, () =>
        {
            var samples = Read(set);
            Write(RunPaths.Training(folder), samples.Rows(set.Split.Training));
            Write(RunPaths.Test(folder), samples.Rows(set.Split.Test));
        });
    }

    private Stage Validation(GivenSet set)
    {
        string path = context.Paths.Validation(set.Name, set.Scale);
        // not the key of the other parts: they lie in another folder, which a run beside may have
        return new($"validation {context.Settings.Called(set.Name, set.Scale)}", ContentKey.Compute(new { Part = "validation" }, Key(set)), path, () => Seconds, () => Write(path, Read(set).Rows(set.Split.Validation)));
    }

    private LabeledData Read(GivenSet set) => new GivenSamples(context.Study, context.Cancellation).Read(set, context.Data);

    private static void Write(string path, LabeledData samples) => SampleFile.Write(path, samples.Points, samples.Labels);
}
