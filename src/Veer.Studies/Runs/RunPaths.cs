using Veer.Studies.Settings;
using Veer.Training;

namespace Veer.Studies.Runs;

/// <summary>Names of the files in a run's folder (docs/formats.md).</summary>
internal sealed class RunPaths(string folder)
{
    public const string StudyFile = "study.yaml";

    public string Study => Path.Combine(folder, StudyFile);
    public string Results => Path.Combine(folder, "results.json");
    public string Strengths => Path.Combine(folder, "strengths.json");
    public string Done => Path.Combine(folder, "stages.json");
    public string Report => Path.Combine(folder, "report.html");

    /// <summary>A figure's file, as "trajectories.png".</summary>
    public string Figure(string name) => Path.Combine(Figures, name);

    public string Figures => Path.Combine(folder, "figures");

    public string Real => Sample("real");
    public string Decoder => Sample("decoder");
    public string Density => Sample("density");
    public string Samples => Path.Combine(folder, "samples");
    public string Models => Path.Combine(folder, "models");

    /// <summary>The folders of all that generators made.</summary>
    public string AllGenerated => Path.Combine(folder, "generated");

    /// <summary>"classifier-free-w3".</summary>
    public static string Guided(string guidance, double scale) => $"{guidance}-w{SampledScales.Text(scale)}";

    /// <summary>The weights of a model's folder.</summary>
    public static string Weights(string model) => Path.Combine(model, "model.safetensors");

    public static string DenoiserError(string model) => Path.Combine(model, "denoiser-error.json");

    public static string TrainingCurve(string model) => Path.Combine(model, LossLog.FileName);

    public string Denoiser(string name) => Path.Combine(Models, name);

    public string Classifier(string name) => Path.Combine(Models, $"classifier-{name}");

    /// <summary>A postprocessor of one scale, or of all where none is given.</summary>
    public string Postprocessor(string name, string guidance, double? scale) =>
        Path.Combine(Models, $"postprocessor-{name}-{(scale is double one ? Guided(guidance, one) : guidance)}");

    public string Judge => Path.Combine(Models, "judge");

    /// <summary>What a generator made at one scale.</summary>
    public string Generated(string guidance, double scale) => Path.Combine(AllGenerated, Guided(guidance, scale));

    /// <summary>Samples that postprocessors are trained on.</summary>
    public static string Training(string generated) => Path.Combine(generated, "training.npz");

    /// <summary>Samples that strengths are chosen on.</summary>
    public string Validation(string guidance, double scale) => Path.Combine(folder, "validation", Guided(guidance, scale), "samples.npz");

    /// <summary>Samples that are measured, before any postprocessing.</summary>
    public static string Test(string generated) => Path.Combine(generated, "test.npz");

    public static string Trajectories(string generated) => Path.Combine(generated, "trajectories.npz");

    /// <summary>The measured samples at every stage.</summary>
    public string Stages(string guidance, double scale) => Sample(Guided(guidance, scale));

    /// <summary>What the judge says of each measured image at every stage.</summary>
    public string Judged(string guidance, double scale) => Path.Combine(folder, "judged", Guided(guidance, scale) + ".npz");

    /// <summary>Given samples and what they were repaired to, measured with intervals and floors.</summary>
    public string Evaluation(string guidance, double scale) => Path.Combine(folder, "evaluations", Guided(guidance, scale) + ".json");

    public string Boundary(string guidance) => Sample($"boundary-{guidance}");

    private string Sample(string name) => Path.Combine(Samples, name + ".npz");
}
