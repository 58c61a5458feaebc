using System.CommandLine;
using System.Globalization;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Models;
using Veer.Runtime;
using Veer.Sampling;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary><c>veer sample</c>: samples of a model that a run left.</summary>
internal static class SampleCommand
{
    private const int DefaultSteps = 50, LeastSteps = 2, MostSteps = 100_000, MostSamples = 10_000_000;

    /// <summary>Far beyond any guidance; samples of scales like this are hardly finite.</summary>
    private const double MostScale = 1e6;

    private static readonly string[] Guidances = ["none", "classifier-free", "classifier", "autoguidance", "classifier-free-plus-plus"];

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The folder of a denoiser, such as runs/fractal-quick/models/base.", HelpName = "DIR", Required = true };
        var guidance = new Option<string>("--guidance") { Description = "How it is steered.", DefaultValueFactory = _ => "classifier-free" };
        guidance.AcceptOnlyFromAmong(Guidances);
        var scale = NumberOption.Real("--scale", "w; 1 is the plain conditional model.", -MostScale, MostScale, usual: 1);
        var helper = new Option<string?>("--guide")
        {
            Description = "The folder of the classifier (classifier guidance) or of the weaker model (autoguidance).",
            HelpName = "DIR",
        };
        var sampler = new Option<string>("--sampler") { Description = "Deterministic (ddim), ancestral (ddpm), of an EDM (heun) or of a flow (dopri5).", DefaultValueFactory = _ => Samplers.Deterministic };
        sampler.AcceptOnlyFromAmong(Samplers.Deterministic, Samplers.Ancestral, Samplers.Edm, Samplers.Adaptive);
        var steps = NumberOption.Whole("--steps", "Steps of the sampler.", LeastSteps, MostSteps, DefaultSteps);
        var count = NumberOption.Whole("--count", "Samples.", 1, MostSamples);
        var labels = new Option<string?>("--labels") { Description = "Classes, taken in turn, as 0,1 (default: all).", HelpName = "LIST" };
        var (seed, device, precision) = (ComputeOptions.Seed(), ComputeOptions.Device(), ComputeOptions.Precision());
        var output = new Option<string>("--out") { Description = "The .npz to write: arr_0 and arr_1 of images, points and labels of vectors.", HelpName = "FILE.npz", Required = true };
        var command = new Command("sample", "Draw samples from a model that a run left.")
        {
            model, guidance, scale, helper, sampler, steps, count, labels, seed, device, precision, output,
        };
        command.SetAction((parsed, cancellation) =>
        {
            string target = OutputPath.File("--out", parsed.GetRequiredValue(output));
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            string method = parsed.GetRequiredValue(sampler);
            var denoiser = Model.Load(parsed.GetRequiredValue(model), where);
            bool images = denoiser.SampleShape.Length == 3;
            var digits = Digits(parsed.GetRequiredValue(precision), where, images, adaptive: method == Samplers.Adaptive);
            denoiser.Compute = digits;
            int wanted = (int)parsed.GetRequiredValue(count), taken = (int)parsed.GetRequiredValue(steps);
            if (denoiser.Process is DiscreteProcess process && taken > process.Schedule.Steps)
                throw Fault("--steps", $"{taken}", $"{LeastSteps} to {process.Schedule.Steps}, the steps that the model was trained with");
            if (!Samplers.For(denoiser.Process).Contains(method))
                throw Fault("--sampler", method, $"{string.Join(" or ", Samplers.For(denoiser.Process))}, the samplers of this model");
            long[] classes = Classes(parsed.GetValue(labels), denoiser.Classes);
            var asked = tensor([.. Enumerable.Range(0, wanted).Select(i => classes[i % classes.Length])], ScalarType.Int64);
            var guided = Guided(denoiser, parsed.GetRequiredValue(guidance), parsed.GetRequiredValue(scale), parsed.GetValue(helper), where, digits);
            var by = Samplers.Create(denoiser.Process, method, taken);
            bool clipped = images && denoiser.Process is DiscreteProcess;
            ProgressLine.Show("sampling", shown =>
            {
                var options = new SamplingOptions
                {
                    Device = where,
                    Output = CPU,
                    BatchSize = Batches.SizeFor(denoiser.SampleShape, where),
                    Progress = new SynchronousProgress<SamplingProgress>(p => shown.Report((p.Fraction, $"{p.Samples} of {p.Total} samples"))),
                };
                var drawn = by.Sample(clipped ? new ClippedDenoiser(guided) : guided, asked, denoiser.SampleShape, parsed.GetValue(seed), options, cancellation);
                SampleFile.Write(target, drawn, asked);
            });
            Console.WriteLine(target);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    private static IDenoiser Guided(NetworkDenoiser denoiser, string guidance, double scale, string? guide, Device device, Precision digits)
    {
        if (guidance is "classifier" or "autoguidance" && guide is null)
            throw Fault("--guide", "nothing", guidance == "classifier" ? "the folder of a classifier" : "the folder of the weaker model");
        switch (guidance)
        {
            case "none":
                return denoiser;
            case "classifier":
                if (denoiser.Process is not DiscreteProcess) throw Fault("--guidance", guidance, "another: this model has no timesteps, and classifiers are trained for them");
                var classifier = Model.LoadClassifier(guide!, device, digits);
                Fits(classifier.SampleShape);
                return new ClassifierGuidance(denoiser, classifier, scale);
            case "autoguidance":
                var weaker = Model.Load(guide!, device, digits);
                Fits(weaker.SampleShape);
                return new Autoguidance(denoiser, weaker, scale);
            case "classifier-free-plus-plus":
                return new CfgPlusPlus(denoiser, scale);
            default:
                return new ClassifierFreeGuidance(denoiser, scale);
        }

        void Fits(long[] shape)
        {
            if (shape.Length > 0 && !shape.SequenceEqual(denoiser.SampleShape))
                throw Fault("--guide", $"'{guide}', a model of points [{string.Join(", ", shape)}]", $"one of points [{string.Join(", ", denoiser.SampleShape)}]");
        }
    }

    /// <summary>What networks calculate in; an adaptive solver would take bfloat16's rounding for its own error.</summary>
    private static Precision Digits(string name, Device device, bool images, bool adaptive)
    {
        if (adaptive && name == "bf16") throw Fault("--precision", "bf16", $"fp32 or auto: {Samplers.Adaptive} looks at errors smaller than bfloat16's");
        var (digits, reason) = ComputeDevice.ParsePrecision(name, device, images && !adaptive);
        // standard output is for the file's name alone
        if (reason is not null) Console.Error.WriteLine($"precision {reason}");
        return digits;
    }

    private static long[] Classes(string? list, int classes)
    {
        if (list is null) return [.. Enumerable.Range(0, classes).Select(label => (long)label)];
        return [.. list.Split(',').Select(text =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long label) && label < classes
                ? label
                : throw Fault("--labels", $"'{text}'", $"0 to {classes - 1}, with commas between"))];
    }

    private static InputException Fault(string option, string found, string expected) => CommandRunner.CommandLineFault(option, found, expected);
}
