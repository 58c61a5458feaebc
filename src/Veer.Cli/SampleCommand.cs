using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Models;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Cli;

/// <summary><c>veer sample</c>: samples of a model that a run left.</summary>
internal static class SampleCommand
{
    private const int DefaultSteps = 50, LeastSteps = 1, MostSteps = 100_000, MostSamples = 10_000_000;

    /// <summary>Far beyond any guidance; samples of scales like this are hardly finite.</summary>
    internal const double MostScale = 1e6;

    /// <summary>No guidance at all.</summary>
    private const string None = "none";

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The folder of a denoiser, such as runs/fractal-quick/models/base.", HelpName = "DIR", Required = true };
        var guidance = new Option<string>("--guidance")
        {
            Description = $"The guidance: {None}, or one of {string.Join(", ", GuidanceKind.All.Names)}; 'veer list' says more of each.",
            HelpName = "NAME",
            DefaultValueFactory = _ => ClassifierFreeGuidance.Kind.Name,
        };
        guidance.AcceptOneOf([None, .. GuidanceKind.All.Names]);
        var options = new Option<string[]>("--option")
        {
            Description = "An option of the guidance; 'veer list' names them.",
            HelpName = "KEY=VALUE",
        };
        var scale = NumberOption.Real("--scale", "Guidance scale w; 1 is the plain conditional model (but for CFG++, whose w is from 0 to 1).", -MostScale, MostScale, usual: 1);
        var helper = new Option<string?>("--guide")
        {
            Description = "The folder of the classifier or of the weaker model, for a guidance that asks for one.",
            HelpName = "DIR",
        };
        var data = new Option<string?>("--data")
        {
            Description = "The model's training points, for a guidance that is fitted to them: images, or an .npz with points and labels.",
            HelpName = "PATH",
        };
        var sampler = new Option<string>("--sampler")
        {
            Description = $"The sampler: one of {string.Join(", ", SamplerKind.All.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Ddim.Kind.Name,
        };
        sampler.AcceptOneOf([.. SamplerKind.All.Names]);
        var steps = NumberOption.Whole("--steps", "Steps of the sampler.", LeastSteps, MostSteps, DefaultSteps);
        var count = NumberOption.Whole("--count", "Number of samples.", 1, MostSamples);
        var labels = new Option<string?>("--labels") { Description = "Class labels to condition on, taken in turn, as 0,1 (default: all; none of a model trained without).", HelpName = "LIST" };
        var (seed, device, precision) = (ComputeOptions.Seed(), ComputeOptions.Device(), ComputeOptions.Precision());
        var output = new Option<string>("--out") { Description = "The .npz to write: arr_0 and arr_1 of images, points and labels of vectors.", HelpName = "FILE.npz", Required = true };
        var command = new Command("sample", "Draw samples from a model that a run left.")
        {
            model, guidance, scale, options, helper, data, sampler, steps, count, labels, seed, device, precision, output,
        };
        command.SetAction((parsed, cancellation) =>
        {
            string target = OutputPath.File("--out", parsed.GetRequiredValue(output), ".npz");
            OutputPath.Apart("--out", target, parsed.GetValue(data));
            var where = ComputeDevice.Parse(parsed.GetRequiredValue(device));
            var method = SamplerKind.All.Named(parsed.GetRequiredValue(sampler));
            var kind = GuidanceKind.All.Find(parsed.GetRequiredValue(guidance));
            var own = new JsonObject();
            foreach (string option in parsed.GetValue(options) ?? [])
                foreach (var (key, value) in StudyFile.Assigned(option, "--option")) own[key] = value?.DeepClone();
            // what is given and not asked for is a mistake
            if (kind is null && parsed.GetResult(scale) is { Implicit: false }) throw Fault("--scale", FormattableString.Invariant($"{parsed.GetValue(scale)}"), $"nothing: with --guidance {None} there is none");
            bool guided = kind is not null && (kind.Needs & (GuidanceNeeds.Classifier | GuidanceNeeds.Guide)) != 0;
            if (!guided && parsed.GetValue(helper) is { } unasked) throw Fault("--guide", unasked, $"nothing: {kind?.Name ?? None} asks for no second model");
            if (kind?.Needs.HasFlag(GuidanceNeeds.Guide) == true && parsed.GetValue(helper) is { } other && FolderTree.RealOrFull(other) == FolderTree.RealOrFull(parsed.GetRequiredValue(model)))
                throw Fault("--guide", $"'{other}', the model itself", "the folder of the weaker model");
            if (kind?.Needs.HasFlag(GuidanceNeeds.Data) != true && parsed.GetValue(data) is { } unread) throw Fault("--data", unread, $"nothing: {kind?.Name ?? None} is fitted to none");
            if (kind?.Options is null && own.Count > 0) throw Fault("--option", own.First().Key, $"nothing: {kind?.Name ?? None} has no options");
            object? asOptions = kind is null ? null : GuidanceOptions.Bind(kind, own, "command line", "--option ");
            var denoiser = Model.Load(parsed.GetRequiredValue(model), where);
            bool images = denoiser.SampleShape.Length == 3;
            var digits = Digits(parsed.GetRequiredValue(precision), where, images, method);
            denoiser.Compute = digits;
            int wanted = (int)parsed.GetRequiredValue(count), taken = (int)parsed.GetRequiredValue(steps);
            if (denoiser.Process is DiscreteProcess process && taken > process.Schedule.Steps)
                throw Fault("--steps", $"{taken}", $"{LeastSteps} to {process.Schedule.Steps}, the steps that the model was trained with");
            if (!method.Serves(denoiser.Process))
                throw Fault("--sampler", method.Name, $"{string.Join(" or ", SamplerKind.For(denoiser.Process).Select(one => one.Name))}, the samplers of this model");
            bool unlabelled = !denoiser.Info.KnowsLabels && kind is null;
            if (unlabelled && parsed.GetValue(labels) is { } named) throw Fault("--labels", named, $"nothing: the model was trained without labels, and --guidance {None} gives it none");
            if (!denoiser.Info.KnowsLabels && kind is { AsksLabels: true })
                throw Fault("--guidance", kind.Name, $"{string.Join(" or ", GuidanceKind.All.Where(one => !one.AsksLabels).Select(one => one.Name).Prepend(None))}: the model was trained without labels");
            long[] classes = unlabelled ? [denoiser.Classes] : Classes(parsed.GetValue(labels), denoiser.Classes);
            var asked = tensor([.. Enumerable.Range(0, wanted).Select(i => classes[i % classes.Length])], ScalarType.Int64);
            var parts = new GuidanceParts(denoiser) { Levels = method.Levels(denoiser.Process, taken), Seed = parsed.GetValue(seed), Options = asOptions, Cancellation = cancellation };
            var steered = kind is null ? denoiser : Guide(kind, parts, parsed.GetRequiredValue(scale), parsed.GetValue(helper), parsed.GetValue(data), denoiser, where, digits);
            var by = method.Make(denoiser.Process, taken);
            bool clipped = images && denoiser.Process is DiscreteProcess;
            ProgressLine.Show("sampling", shown =>
            {
                var drawing = new SamplingOptions
                {
                    Device = where,
                    Output = CPU,
                    BatchSize = Batches.SizeFor(denoiser.SampleShape, where),
                    Progress = new SynchronousProgress<SamplingProgress>(p => shown.Report((p.Fraction, $"{p.Samples} of {p.Total} samples"))),
                };
                var drawn = by.Sample(clipped ? new ClippedDenoiser(steered) : steered, asked, parsed.GetValue(seed), drawing, cancellation);
                SampleFile.Write(target, drawn, unlabelled ? null : asked);
            });
            Console.WriteLine(target);
            return Task.FromResult(CommandRunner.Done);
        });
        return command;
    }

    private static IDenoiser Guide(
        GuidanceKind kind, GuidanceParts parts, double scale, string? guide, string? data, NetworkDenoiser denoiser, Device device, Precision digits)
    {
        bool classifies = kind.Needs.HasFlag(GuidanceNeeds.Classifier), compares = kind.Needs.HasFlag(GuidanceNeeds.Guide);
        if (kind.Needs.HasFlag(GuidanceNeeds.Timesteps) && denoiser.Process is not DiscreteProcess)
            throw Fault("--guidance", kind.Name, "another: this model has no timesteps");
        if (kind.Needs.HasFlag(GuidanceNeeds.Signal) && denoiser.Process is { StartsWithSignal: false })
            throw Fault("--guidance", kind.Name, "another: this model's samples start at noise alone, and it divides by the signal");
        if ((classifies || compares) && guide is null)
            throw Fault("--guide", "nothing", classifies ? "the folder of a classifier" : "the folder of the weaker model");
        if (kind.Needs.HasFlag(GuidanceNeeds.Data) && data is null) throw Fault("--data", "nothing", "the points that the model was trained on");
        var classifier = classifies ? Model.LoadClassifier(guide!, device, digits) : null;
        var weaker = compares ? Model.Load(guide!, device, digits) : null;
        RequireShape("--guide", guide, classifier?.SampleShape ?? weaker?.SampleShape ?? []);
        var points = kind.Needs.HasFlag(GuidanceNeeds.Data) ? Points(data!, denoiser.SampleShape.Length == 3, parts.Cancellation) : null;
        RequireShape("--data", data, points?.Points.shape[1..] ?? []);
        return kind.Create(parts with { Classifier = classifier, Guide = weaker, Data = points, Device = device }, scale);

        void RequireShape(string option, string? path, long[] shape)
        {
            if (shape.Length > 0 && !shape.SequenceEqual(denoiser.SampleShape))
                throw Fault(option, $"'{path}', of points [{string.Join(", ", shape)}]", $"one of points [{string.Join(", ", denoiser.SampleShape)}]");
        }
    }

    private static LabeledData Points(string path, bool images, CancellationToken cancellation)
    {
        if (!images) return VectorData.Load(path, cancellation: cancellation);
        var known = ImageData.Open(path, cancellation);
        return known.Part(known.Parts.Count == 2 ? true : null).Load(null, cancellation);
    }

    /// <summary>The compute dtype of the networks; an adaptive solver would take bfloat16's rounding for its own error.</summary>
    private static Precision Digits(string name, Device device, bool images, SamplerKind method)
    {
        if (method.Adaptive && name == "bf16") throw Fault("--precision", "bf16", $"fp32 or auto: {method.Name} looks at errors smaller than bfloat16's");
        var (digits, reason) = ComputeDevice.ParsePrecision(name, device, images && !method.Adaptive);
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
