using System.Security.Cryptography;
using System.Text;
using Veer.Data;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Real points of a study.</summary>
/// <param name="Train">What models are trained on and neighbours are searched among.</param>
/// <param name="HeldOut">What results are measured against; never trained on.</param>
/// <param name="Second">A second real sample, measured like a generated one: the floor.</param>
/// <param name="Truth">The closed form behind the points, where there is one.</param>
/// <param name="Components">How points become images, where they are components of images.</param>
/// <param name="Name">The data set's name: "fractal", "mnist", or the study's own.</param>
/// <param name="Lossy">Whether the images were read from JPEG files.</param>
/// <param name="Content">Hashes of the user's own files; empty where the settings alone make the points.</param>
internal sealed record StudyData(
    LabeledData Train, LabeledData HeldOut, LabeledData Second, GaussianMixture? Truth = null, ImageComponents? Components = null,
    string Name = "", string Content = "", bool Lossy = false)
{
    /// <summary>Dimension of a point.</summary>
    public int Dimensions => checked((int)Shape.Aggregate(1L, (product, side) => product * side));

    /// <summary>Shape of a point: [D], or [C, H, W] of an image.</summary>
    public long[] Shape => Train.Points.shape[1..];

    /// <summary>Whether points are images.</summary>
    public bool IsImages => Shape.Length == 3;

    /// <summary>Draws or reads the study's points; all on the CPU.</summary>
    public static StudyData Load(Study study, long seed)
    {
        var settings = study.Settings.Data;
        return settings.Kind switch
        {
            "fractal" => Draw(Fractal.Mixture(), settings, study.Settings.Sampling.TestSamples, seed),
            "gaussians" => Draw(Gaussians(study), settings, study.Settings.Sampling.TestSamples, seed),
            "vectors" => ReadVectors(study),
            "images" => ImageStudyData.Load(study),
            _ => ReadMnistComponents(settings),
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
            return new(truth.Sample(labels, RandomKey.Of(seed, purpose)), labels, truth.Classes);
        }
    }

    private static GaussianMixture Gaussians(Study study)
    {
        var (means, deviations) = (study.Settings.Data.Means, study.Settings.Data.Deviations);
        if (deviations.Count != means.Count || !deviations.All(deviation => deviation > 0))
            throw new InputException(study.Path, "data.deviations", $"[{string.Join(", ", deviations)}]", $"{means.Count} numbers above 0, one for each of data.means");
        return GaussianMixture.Isotropic(tensor(means.ToArray()).unsqueeze(1), tensor(deviations.ToArray()));
    }

    private static StudyData ReadVectors(Study study)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(study.Path))!;
        var content = new StringBuilder();
        var train = Read("train", study.Settings.Data.Train, null);
        var heldOut = Read("held_out", study.Settings.Data.HeldOut, train.Classes);
        if (heldOut.Points.shape[1] != train.Points.shape[1])
            throw new InputException(study.Path, "data.held_out", $"points of {heldOut.Points.shape[1]} dimensions", $"{train.Points.shape[1]}, as in data.train");
        return new(train, heldOut, train, Content: content.ToString());

        LabeledData Read(string key, string? name, int? classes)
        {
            if (name is null)
                throw new InputException(study.Path, $"data.{key}", "no such key", "an .npz with points [N, D] and labels [N]");
            string path = Path.Combine(folder, name);
            var read = VectorData.Load(path, classes);
            for (int label = 0; label < read.Classes; label++)
            {
                if (!read.Labels.eq(label).any().item<bool>())
                    throw new InputException(path, "labels", $"no point of class {label}", $"points of classes 0 to {read.Classes - 1}");
            }
            using var file = File.OpenRead(path);
            content.Append(Convert.ToHexStringLower(SHA256.HashData(file)));
            return read;
        }
    }

    private static StudyData ReadMnistComponents(DataSettings settings)
    {
        string folder = DataFolders.Find("mnist", settings.Folder);
        using var scope = NewDisposeScope();
        var train = Mnist.Load(folder, train: true);
        var test = Mnist.Load(folder, train: false);
        var components = PrincipalComponents.Fit(train.Points.flatten(1), settings.Components);
        var projected = Project(train);
        return new(projected, Project(test), projected, Components: new ImageComponents(components, 28, 28));

        LabeledData Project(LabeledData images) => new(
            components.Project(images.Points.flatten(1)).MoveToOuterDisposeScope(), images.Labels.MoveToOuterDisposeScope(), images.Classes);
    }
}

/// <summary>Points that are principal components of images.</summary>
internal sealed record ImageComponents(PrincipalComponents Components, int Height, int Width);
