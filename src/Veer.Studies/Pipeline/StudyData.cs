using System.Globalization;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Features;
using Veer.Metrics;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>Real points of a study.</summary>
/// <param name="Train">What models are trained on and neighbours are searched among.</param>
/// <param name="HeldOut">What results are measured against; never trained on.</param>
/// <param name="Second">A second real sample, measured like a generated one: the floor.</param>
/// <param name="Truth">The closed form behind the points, where there is one.</param>
/// <param name="Components">How points become images, where they are components of images.</param>
/// <param name="Name">The data set's name: "fractal", "mnist", or the study's own.</param>
/// <param name="Lossy">Whether the images were read from JPEG files.</param>
/// <param name="Content">Hashes of what was read; empty where the settings alone make the points.</param>
/// <param name="ClassNames">Names of the classes, where the data have names.</param>
/// <param name="TrainName">What faults call the training points.</param>
/// <param name="HeldOutName">What faults call the held-out ones.</param>
/// <param name="Labelled">Whether points have labels; without them all are of one class.</param>
internal sealed record StudyData(
    LabeledData Train, LabeledData HeldOut, LabeledData Second, GaussianMixture? Truth = null, ImageComponents? Components = null,
    string Name = "", string Content = "", bool Lossy = false, IReadOnlyList<string>? ClassNames = null, string TrainName = "data.train", string HeldOutName = "data.held_out",
    bool Labelled = true)
{
    /// <summary>The samples that were given, in the place of generators; null where the study trains these.</summary>
    public IReadOnlyList<GivenSet>? Given { get; init; }

    /// <summary>Real points beside the others, of a study of given samples: one half tells when to stop a training, the other how far to follow its flow.</summary>
    public LabeledData? Validation { get; init; }

    /// <summary>What the user should know of how the data were read: a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the library has an evaluation classifier of these images that can say whether they are of the class asked for.</summary>
    public bool IsJudged => IsImages && Labelled && ImageJudge.DataSets.Contains(Name);

    /// <summary>Dimension of a point.</summary>
    public int Dimensions => checked((int)Shape.Aggregate(1L, (product, side) => product * side));

    /// <summary>Shape of a point: [D], or [C, H, W] of an image.</summary>
    public long[] Shape => Train.Points.shape[1..];

    /// <summary>Whether points are images.</summary>
    public bool IsImages => Shape.Length == 3;

    /// <summary>Draws or reads the study's points; all on the CPU.</summary>
    /// <exception cref="InputException">A file is missing or faulty, or the two sets do not fit each other.</exception>
    public static StudyData Load(Study study, long seed, CancellationToken cancellation = default)
    {
        bool given = study.Settings.Generated is not null, paths = study.Settings.Data is { Kind: "vectors" or "images", Set: null };
        return given ? GivenData.Load(study, seed, paths ? null : LoadReal(study, seed, cancellation), cancellation) : LoadReal(study, seed, cancellation);
    }

    private static StudyData LoadReal(Study study, long seed, CancellationToken cancellation)
    {
        var settings = study.Settings.Data;
        return settings.Kind switch
        {
            "fractal" => Draw(Fractal.Mixture(), settings, study.Settings.Sampling.TestSamples, seed),
            "gaussians" => Draw(Gaussians(study), settings, study.Settings.Sampling.TestSamples, seed),
            "vectors" => ReadVectors(study, cancellation),
            "images" => ImageStudyData.Load(study, cancellation),
            _ => ReadMnistComponents(settings, study.Settings.Sampling.TestSamples, cancellation),
        };
    }

    private static StudyData Draw(GaussianMixture truth, DataSettings settings, int testSamples, long seed)
    {
        return new(
            Sample(settings.TrainPerClass, "train"), Sample(settings.HeldOutPerClass, "held-out"),
            Sample(Math.Max(1, testSamples / truth.Classes), "second"), truth);

        LabeledData Sample(int perClass, string purpose)
        {
            var labels = arange(truth.Classes, ScalarType.Int64).repeat(perClass);
            return new(truth.Sample(labels, RandomKey.From(seed, purpose)), labels, truth.Classes);
        }
    }

    private static GaussianMixture Gaussians(Study study)
    {
        var (means, deviations) = (study.Settings.Data.Means, study.Settings.Data.Deviations);
        if (deviations.Count != means.Count || !deviations.All(deviation => deviation > 0))
            throw new InputException(study.Path, "data.deviations", $"[{string.Join(", ", deviations.Select(deviation => deviation.ToString(CultureInfo.InvariantCulture)))}]", $"{means.Count} numbers above 0, one for each of data.means");
        return GaussianMixture.Isotropic(tensor(means.ToArray()).unsqueeze(1), tensor(deviations.ToArray()));
    }

    /// <summary>Real points that are measured like as many samples: classes in equal shares, as far as there are so many of each; the same for every seed.</summary>
    internal static LabeledData LikeSamples(LabeledData real, int count)
    {
        long[] labels = real.Labels.data<long>().ToArray();
        var taken = labels.Distinct().ToDictionary(label => label, _ => 0);
        int share = (count + taken.Count - 1) / taken.Count;
        return real.Rows([.. KeyedSubset.Shuffled(RandomKey.From(0, "second"), real.Count).Where(row => taken[labels[row]]++ < share).Take(count).Order()]);
    }

    private static StudyData ReadVectors(Study study, CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(study.Path))!;
        string trainPath = At("train", study.Settings.Data.Train), heldOutPath = At("held_out", study.Settings.Data.HeldOut);
        var train = VectorData.Load(trainPath, cancellation: cancellation);
        var heldOut = VectorData.Load(heldOutPath, train.Classes, cancellation);
        if (heldOut.Points.shape[1] != train.Points.shape[1])
            throw new InputException(study.Path, "data.held_out", $"points of {heldOut.Points.shape[1]} dimensions", $"{train.Points.shape[1]}, as in data.train");
        return new(train, heldOut, LikeSamples(train, study.Settings.Sampling.TestSamples), Content: train.Key() + heldOut.Key(), TrainName: trainPath, HeldOutName: heldOutPath);

        string At(string key, string? name) => name is { Length: > 0 }
            ? Path.Combine(folder, name)
            : throw new InputException(study.Path, $"data.{key}", name is null ? "no such key" : "an empty text", "an .npz with points [N, D] and labels [N]");
    }

    private static StudyData ReadMnistComponents(DataSettings settings, int samples, CancellationToken cancellation)
    {
        string folder = DataFolders.Find("mnist", settings.Folder);
        using var scope = NewDisposeScope();
        var train = Mnist.Load(folder, train: true, cancellation: cancellation);
        var test = Mnist.Load(folder, train: false, cancellation: cancellation);
        var components = PrincipalComponents.Fit(train.Points.flatten(1), settings.Components);
        var projected = Project(train);
        var second = LikeSamples(projected, samples);
        foreach (var kept in (Tensor[])[second.Points, second.Labels]) kept.MoveToOuterDisposeScope();
        return new(projected, Project(test), second, Content: train.Key() + test.Key(), Components: new ImageComponents(components, 28, 28));

        LabeledData Project(LabeledData images) => new(
            components.Project(images.Points.flatten(1)).MoveToOuterDisposeScope(), images.Labels.MoveToOuterDisposeScope(), images.Classes);
    }
}

/// <summary>Points that are principal components of images.</summary>
internal sealed record ImageComponents(PrincipalComponents Components, int Height, int Width);
