using Veer.Data;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>One set of given samples, as it was read when the run began.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scale">Its guidance scale.</param>
/// <param name="Paths">Where it is read from.</param>
/// <param name="Content">The hash of what was read.</param>
/// <param name="Labelled">Whether it has labels.</param>
/// <param name="Classes">The labels that are there.</param>
/// <param name="Count">Number of samples.</param>
/// <param name="Split">Which rows serve what.</param>
internal sealed record GivenSet(string Name, double Scale, IReadOnlyList<string> Paths, string Content, bool Labelled, IReadOnlyList<int> Classes, long Count, SampleSplit Split);

/// <summary>Reads the samples that a study names, and divides them.</summary>
/// <param name="study">A study of given samples.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed class GivenSamples(Study study, CancellationToken cancellation)
{
    /// <summary>Every set of the study: read once to look at it, and again by the stage that divides it, so that not all need fit into memory.</summary>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="look">Looks at the files of a set.</param>
    /// <exception cref="InputException">A file is missing or faulty, or holds too few samples.</exception>
    public IReadOnlyList<GivenSet> All(long seed, Action<IReadOnlyList<Samples>> look)
    {
        var all = new List<GivenSet>();
        foreach (var (name, generated) in study.Settings.Generated!)
        {
            List<GivenSet> sets = [.. generated.Sets.Select(one => Look(name, one.Scale, [.. one.Paths.Select(path => PathOf(study, path))], seed, look))];
            foreach (var (set, split) in sets.Zip(SampleSplit.Apart([.. sets.Select(set => set.Split)])))
            {
                if (split.Validation.Length < SampleSplit.FewestValidation || split.Training.Length == 0)
                    throw new InputException(set.Paths[0], "samples", $"{set.Count}, too few beside sets of other sizes", "as many at each scale, or more: rows that one set measures no other trains or validates");
                all.Add(set with { Split = split });
            }
        }
        return all;
    }

    /// <summary>The samples of a set, in the order of its files.</summary>
    /// <param name="set">The set.</param>
    /// <param name="real">Real points, whose classes samples have; without classes samples have none.</param>
    /// <exception cref="InputException">As for <see cref="All"/>; or they are others than when the run began.</exception>
    public LabeledData Read(GivenSet set, StudyData real)
    {
        using var scope = NewDisposeScope();
        var samples = Joined(Files(set.Paths));
        if (samples.Key() != set.Content)
            throw new InputException(set.Paths[0], "samples", "others than when the run began", "a file that stays as it is; start the run again");
        samples = real.Labelled ? samples with { Classes = real.Train.Classes } : samples.OfOneClass();
        return samples with { Points = samples.Points.MoveToOuterDisposeScope(), Labels = samples.Labels.MoveToOuterDisposeScope() };
    }

    /// <summary>A path of a study's file: relative to it, or the name of a data set.</summary>
    public static string PathOf(Study study, string path)
    {
        string beside = Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(study.Path))!);
        return !Path.Exists(beside) && DataFolders.Names.Contains(path.Split(':')[0]) ? path : beside;
    }

    private GivenSet Look(string name, double scale, IReadOnlyList<string> paths, long seed, Action<IReadOnlyList<Samples>> look)
    {
        using var scope = NewDisposeScope();
        var files = Files(paths);
        look(files);
        var samples = Joined(files);
        if (samples.Count < SampleSplit.Fewest)
            throw new InputException(paths[0], "samples", $"{samples.Count}", $"at least {SampleSplit.Fewest}: some are trained on, some measured");
        return new(name, scale, paths, samples.Key(), files.All(file => file.Labelled),
            [.. GivenClasses.Counts(samples).Index().Where(one => one.Item > 0).Select(one => one.Index)], samples.Count, SampleSplit.Create(samples.Count, files[0].IsImages, study.Settings.Split, seed));
    }

    private List<Samples> Files(IReadOnlyList<string> paths) => [.. paths.Select(path => Samples.Read(path, study.Settings.Reading?.ToReading(), cancellation: cancellation))];

    private static LabeledData Joined(List<Samples> files) => new(
        cat([.. files.Select(one => one.Data.Points)]), cat([.. files.Select(one => one.Data.Labels)]), files.Max(one => one.Data.Classes));
}
