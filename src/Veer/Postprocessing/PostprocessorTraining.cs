using Veer.Data;
using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>How a postprocessor is trained: its sets held against each other, the unit of vectors, the pairs, when to stop, and the key by which a stopped training is known.</summary>
internal static class PostprocessorTraining
{
    /// <summary>As <see cref="Postprocessor.Fit(LabeledData, LabeledData, PostprocessorOptions, PostprocessorRun?, CancellationToken)"/> says.</summary>
    public static Postprocessor Run(LabeledData samples, LabeledData real, PostprocessorOptions options, PostprocessorRun run, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        // how an earlier one there was to be applied says nothing of this one
        if (run.Folder is { } kept) RepairFile.Delete(kept);
        SettingRanges.Require(options, Postprocessor.Kind);
        (samples, real) = (samples.Checked("samples"), real.Checked("real"));
        if (run.Device is { } device) (samples, real) = (samples.To(device), real.To(device));
        Check(samples, real);
        if (options.MatchClasses && run.Scales is null && samples.Classes != real.Classes)
            throw Postprocessor.Fault("classes", $"{samples.Classes} of the samples, {real.Classes} of the real points", "the same ones");
        foreach (var (name, points) in (IEnumerable<(string, LabeledData?)>)[("classes", samples), ("held-out classes", run.HeldOut?.Samples)])
        {
            if (run.Scales is { } told && points is not null && told.Classes != points.Classes)
                throw Postprocessor.Fault(name, $"{points.Classes}", $"{told.Classes}, of classes and scales: samples with the labels that ScaleLabels.Of tells");
        }
        var heldOut = Check(run.HeldOut, options, samples);
        var standardisation = Unit(samples, real, options, run);
        if (standardisation is not null)
        {
            (samples, real) = (Standardised(samples), Standardised(real));
            if (heldOut is not null) heldOut = new(Standardised(heldOut.Samples), Standardised(heldOut.Real));
        }
        var coordinates = new Coordinates(run.Space, null);
        var pairing = Pairings.All.Named(options.Pairing);
        long[] point = samples.Points.shape[1..];
        var config = new ModelConfig
        {
            Kind = Postprocessor.Kind,
            Classes = samples.Classes,
            ClassNames = run.ClassNames,
            Scales = run.Scales?.Scales,
            Shape = point,
            Standardisation = standardisation,
            Network = run.Network ?? NetworkChoice.For(options.Network, options.Unet, point, samples.Classes, Postprocessor.Kind),
        };
        config.CheckLabels(Postprocessor.Kind);
        var (from, to) = (samples, real);
        (var network, config) = ModelTraining.Run(
            config, options.Training, run, samples.Points.device, "weights", network =>
            {
                run.Start?.CopyTo(network, samples.Classes);
                (from, to) = (coordinates.Of(samples, cancellation), coordinates.Of(real, cancellation));
                var targets = run.Targets ?? Match();
                return new FlowObjective(network, samples.Points, samples.Labels, real.Points, targets);
            },
            () => Key(options, run, samples, real, heldOut, from, to), preview: null, cancellation, heldOut is null ? null : Watched);
        return new Postprocessor(network, config);

        // of each scale by itself; where any class will do, of that alone
        ITargets Match()
        {
            if (run.Scales is not { } scales) return pairing.Match(from, to, options, run.Seed, run.PairingProgress, cancellation);
            var (own, each, matching) = (from, scales.OfReal(to), options);
            if (!options.MatchClasses) (own, each, matching) = (scales.ByScale(own), scales.ByScale(each), options with { MatchClasses = true });
            var targets = new ScaleTargets(pairing.Match(own, each, matching, run.Seed, run.PairingProgress, cancellation), to.Count);
            each.Points.Dispose();
            return targets;
        }

        LabeledData Standardised(LabeledData data) => data with { Points = standardisation.Apply(data.Points) };

        Watch Watched(ConditionalNetwork network)
        {
            var distance = new HeldOutDistance(heldOut, new(run.HeldOutSpace ?? run.Space, null), run.Scales, cancellation);
            var flow = new Postprocessor(network, config with { Standardisation = null });
            return new(options.Stopping ?? new(), () => distance.Of(flow, cancellation), distance.Points);
        }
    }

    private static void Check(LabeledData samples, LabeledData real)
    {
        if (samples.Count == 0) throw Postprocessor.Fault("samples", "none", "at least 1");
        RequireShape(samples, real, "real");
    }

    private static void RequireShape(LabeledData samples, LabeledData others, string name)
    {
        if (!samples.Points.shape.AsSpan(1).SequenceEqual(others.Points.shape.AsSpan(1)))
            throw Postprocessor.Fault(name, $"points [{string.Join(", ", others.Points.shape.Skip(1))}]", $"[{string.Join(", ", samples.Points.shape.Skip(1))}], as the samples are");
    }

    private static HeldOut? Check(HeldOut? given, PostprocessorOptions options, LabeledData samples)
    {
        if (given is null) return options.Stopping is null ? null : throw Postprocessor.Fault("stopping", "no held-out points", "some: PostprocessorRun.HeldOut");
        foreach (var (name, points) in (IEnumerable<(string, LabeledData)>)[("held-out samples", given.Samples), ("held-out real", given.Real)])
            RequireShape(samples, points, name);
        given.Check(Postprocessor.Kind, least: 2);
        return new(given.Samples.Checked("held-out samples").To(samples.Points.device), given.Real.Checked("held-out real").To(samples.Points.device));
    }

    private static Standardisation? Unit(LabeledData samples, LabeledData real, PostprocessorOptions options, PostprocessorRun run)
    {
        if (options.Standardise != true) return null;
        if (samples.Points.dim() != 2) throw Postprocessor.Fault("standardise", "images", "vectors: images are -1 to 1");
        return run.Start is null ? Standardisation.From(real.Points, samples.Points) : throw Postprocessor.Fault("standardise", "a warm start", "one of both");
    }

    private static string Key(PostprocessorOptions options, PostprocessorRun run, LabeledData samples, LabeledData real, HeldOut? heldOut,
        LabeledData from, LabeledData to)
    {
        List<string> inputs = [samples.Key(), real.Key()];
        if (run.Targets is { } own) inputs.Add(Known(own, samples));
        if (heldOut is not null) inputs.AddRange([heldOut.Samples.Key(), heldOut.Real.Key(), run.HeldOutSpace?.Fingerprint ?? ""]);
        // flat, they are the same points
        if (run.Space is not null) inputs.AddRange([from.Key(), to.Key()]);
        return ContentKey.Compute(new { options, scales = run.Scales?.Scales, precision = run.Precision, network = (object?)run.Network }, inputs);
    }

    /// <summary>Targets of one's own have no settings: what they draw under one key tells them apart.</summary>
    private static string Known(ITargets targets, LabeledData samples)
    {
        using var scope = NewDisposeScope();
        using var draws = RandomKey.From(0, "targets").Draws(samples.Points.device);
        return ContentKey.Hash(targets.Draw(arange(samples.Count, ScalarType.Int64, samples.Points.device), draws));
    }
}
