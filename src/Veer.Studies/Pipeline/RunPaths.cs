using System.Globalization;

namespace Veer.Studies.Pipeline;

/// <summary>Names of the files in a run's folder (docs/formats.md).</summary>
internal sealed class RunPaths(string folder, string guidance)
{
    public string Study => Path.Combine(folder, "study.yaml");

    public string Results => Path.Combine(folder, "results.json");

    public string Report => Path.Combine(folder, "report.html");

    public string DenoiserError => Path.Combine(folder, "denoiser-error.json");

    public string Real => Sample("real");

    public string Decoder => Sample("decoder");

    public string Denoiser => Path.Combine(folder, "models", "base");

    public string OneForAll => Path.Combine(folder, "models", "postprocessor-all");

    /// <summary>The weights of a model's folder.</summary>
    public static string Weights(string model) => Path.Combine(model, "model.safetensors");

    public static string Text(double scale) => scale.ToString("0.####", CultureInfo.InvariantCulture);

    public string Postprocessor(double scale) => Path.Combine(folder, "models", $"postprocessor-w{Text(scale)}");

    /// <summary>Samples that postprocessors are trained on.</summary>
    public string Training(double scale) => Generated(scale, "training");

    /// <summary>Samples that are measured, before any postprocessing.</summary>
    public string Test(double scale) => Generated(scale, "test");

    /// <summary>The measured samples at every stage.</summary>
    public string Stages(double scale) => Sample($"{guidance}-w{Text(scale)}");

    public string Trajectories(double scale) => Sample($"trajectories-{guidance}-w{Text(scale)}");

    private string Generated(double scale, string use) => Path.Combine(folder, "generated", $"{guidance}-w{Text(scale)}-{use}.npz");

    private string Sample(string name) => Path.Combine(folder, "samples", name + ".npz");
}
